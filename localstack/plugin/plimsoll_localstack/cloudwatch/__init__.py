"""CloudWatch: alarms that tell EventBridge, are evaluated as AWS documents, and keep their state.

`service` is LocalStack's own provider with the corrections; `PROVIDER_OVERRIDE_CLOUDWATCH`
selects it. The other files hold what can be understood without a server.
"""
