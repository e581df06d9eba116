# Alfred in three regions, as its reference deploys it. agent-core is the service that the bounds
# are meant for; all others keep theirs from the spec.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}

provider "aws" {
  region = "us-west-2"
}

module "alfred_us_east" {
  source           = "../../modules/plimsoll-region"
  platform         = "alfred"
  region           = "us-east-1"
  environment      = "production"
  service          = "agent-core"
  min_capacity     = 2
  max_capacity     = 10
  database_replica = true
  database_primary = false
  code_bucket      = "${var.code_bucket_prefix}-us-east-1"
  code_key         = var.code_key
}

module "alfred_us_west" {
  source           = "../../modules/plimsoll-region"
  platform         = "alfred"
  region           = "us-west-2"
  environment      = "production"
  service          = "agent-core"
  min_capacity     = 2
  max_capacity     = 10
  database_replica = true
  database_primary = true
  code_bucket      = "${var.code_bucket_prefix}-us-west-2"
  code_key         = var.code_key
}

module "alfred_eu_central" {
  source           = "../../modules/plimsoll-region"
  platform         = "alfred"
  region           = "eu-central-1"
  environment      = "production"
  service          = "agent-core"
  min_capacity     = 2
  max_capacity     = 10
  database_replica = true
  database_primary = false
  code_bucket      = "${var.code_bucket_prefix}-eu-central-1"
  code_key         = var.code_key
}

module "traffic" {
  source         = "../../modules/plimsoll-traffic"
  platform       = "alfred"
  environment    = "production"
  hosted_zone_id = var.hosted_zone_id
  record_name    = var.record_name
  regions        = var.load_balancers
  primary_region = "us-west-2"
  # Off: Route 53's own checks would close a region without votes. See infra/README.md.
  endpoint_path = ""
}
