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
