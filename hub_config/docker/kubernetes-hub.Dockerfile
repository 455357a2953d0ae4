# The hub of the Zero to JupyterHub chart with Joulebook in it. BASE is the chart's own hub image (its values name it):
#
#   docker build -f hub_config/docker/kubernetes-hub.Dockerfile --build-arg BASE=… -t joulebook-hub:0.1.0 .
ARG BASE
FROM ${BASE}
USER 0
COPY requirements/lock.txt requirements/lock-production.txt /tmp/requirements/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements/lock.txt \
 && pip install --no-cache-dir --require-hashes -r /tmp/requirements/lock-production.txt \
 && rm -r /tmp/requirements
COPY hub_config/joulebook_hub /opt/joulebook/joulebook_hub
ENV PYTHONPATH=/opt/joulebook
USER 1000
