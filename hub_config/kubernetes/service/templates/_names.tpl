{{- define "joulebook.selector" -}}
app.kubernetes.io/name: joulebook-service
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "joulebook.labels" -}}
{{ include "joulebook.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "joulebook.worker.selector" -}}
app.kubernetes.io/name: joulebook-worker
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "joulebook.worker.labels" -}}
{{ include "joulebook.worker.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
