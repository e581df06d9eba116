# The traffic of all regions: infra/traffic-alarms.yaml in every region about each other one, and
# infra/traffic.yaml once for each region.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}

locals {
  names = sort(keys(var.regions))
  pairs = {
    for pair in setproduct(local.names, local.names) :
    "${pair[0]} judges ${pair[1]}" => { judge = pair[0], judged = pair[1] } if pair[0] != pair[1]
  }
  peers = { for region in local.names : region => [for other in local.names : other if other != region] }
}

resource "aws_cloudformation_stack" "alarms" {
  # checkov:skip=CKV_AWS_124:Who deploys watches the deployment; what goes wrong later has alarms
  for_each      = local.pairs
  region        = each.value.judge
  name          = "plimsoll-${var.platform}-${var.environment}-traffic-alarms-${each.value.judged}"
  template_body = file("${path.module}/../../../traffic-alarms.yaml")
  parameters = {
    Platform     = var.platform
    Environment  = var.environment
    JudgedRegion = each.value.judged
  }
}

# A health check copies its alarm when it is made, so the alarms come first.
resource "aws_cloudformation_stack" "records" {
  # checkov:skip=CKV_AWS_124:Who deploys watches the deployment; what goes wrong later has alarms
  for_each      = var.regions
  region        = var.records_region
  name          = "plimsoll-${var.platform}-${var.environment}-traffic-${each.key}"
  template_body = file("${path.module}/../../../traffic.yaml")
  parameters = {
    Platform           = var.platform
    Environment        = var.environment
    Region             = each.key
    Peer1              = try(local.peers[each.key][0], "")
    Peer2              = try(local.peers[each.key][1], "")
    Peer3              = try(local.peers[each.key][2], "")
    Peer4              = try(local.peers[each.key][3], "")
    Peer5              = try(local.peers[each.key][4], "")
    HostedZoneId       = var.hosted_zone_id
    RecordName         = var.record_name
    RecordWeight       = floor(each.value.traffic_weight / 4)
    LoadBalancerName   = each.value.load_balancer_name
    LoadBalancerZoneId = each.value.load_balancer_zone_id
    # The template refuses it for the primary's region.
    EndpointPath     = each.key == var.primary_region ? "" : var.endpoint_path
    EndpointInterval = var.endpoint_interval
    PrimaryRegion    = var.primary_region
  }
  depends_on = [aws_cloudformation_stack.alarms]
}
