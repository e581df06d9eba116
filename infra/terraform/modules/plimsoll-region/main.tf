# The controller of one region: infra/controller.yaml, deployed with Terraform.
#
# The template renders the overlay from the values below, so that there is one renderer, whoever
# deploys. For us-west-2 of the reference it is:
#
#   regions: { us-west-2: { database: primary } }
#   services: { agent-core: { regions: { us-west-2: { bounds: { min: 2, max: 10 } } } } }

terraform {
  required_version = ">= 1.9"
  required_providers {
    # From 6.0 a resource names its region, so that one provider serves all of them.
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}

locals {
  # What is not given is empty in the template.
  given = {
    Platform            = var.platform
    Environment         = var.environment
    Mode                = var.mode
    CodeBucket          = var.code_bucket
    CodeKey             = var.code_key
    Architecture        = var.architecture
    Service             = var.service
    MinCapacity         = var.min_capacity
    MaxCapacity         = var.max_capacity
    DatabaseReplica     = var.database_replica
    DatabasePrimary     = var.database_primary
    Overlay             = var.overlay
    SpecParameter       = var.spec_parameter
    InstanceLimit       = var.instance_limit
    LogRetentionDays    = var.log_retention_days
    NotificationEmail   = var.notification_email
    ReservedConcurrency = var.reserved_concurrency
    KmsKey              = var.kms_key
  }
}

resource "aws_cloudformation_stack" "controller" {
  # checkov:skip=CKV_AWS_124:Who deploys watches the deployment; what goes wrong later has alarms
  region        = var.region
  name          = "plimsoll-${var.platform}-${var.environment}-controller"
  template_body = file("${path.module}/../../../controller.yaml")
  capabilities  = ["CAPABILITY_IAM"]
  parameters    = { for name, value in local.given : name => value == null ? "" : tostring(value) }
}
