variable "platform" {
  description = "The platform's name, as in the spec."
  type        = string
}

variable "environment" {
  description = "The environment's name, as in the spec."
  type        = string
}

variable "regions" {
  description = "The regions by name: the load balancer that takes each one's requests, and its weight."
  type = map(object({
    load_balancer_name    = string
    load_balancer_zone_id = string
    traffic_weight        = optional(number, 100)
  }))

  validation {
    condition     = length(var.regions) >= 3 && length(var.regions) <= 6
    error_message = "Three regions at least, so that no region is closed by one other's word; six at most."
  }
  validation {
    condition     = alltrue([for region in var.regions : region.traffic_weight >= 4 && region.traffic_weight <= 1020])
    error_message = "A region's weight is shared by four records of 1 to 255: 4 to 1020."
  }
}

variable "hosted_zone_id" {
  description = "The hosted zone of the records."
  type        = string
}

variable "record_name" {
  description = "The platform's name in DNS, such as api.example.com."
  type        = string
}

variable "endpoint_path" {
  description = "What Route 53 asks each load balancer for by HTTPS, to close a region without votes. Empty asks nothing. The primary's region is never asked."
  type        = string
  default     = ""

  validation {
    condition     = var.endpoint_path == "" || var.primary_region != ""
    error_message = "With endpoint_path say which region has the database primary, in primary_region, or \"none\"."
  }
}

variable "endpoint_interval" {
  description = "Seconds between two questions to a load balancer: 10 or 30."
  type        = number
  default     = 30
}

variable "primary_region" {
  description = "The region of the database primary, or \"none\". Needed with endpoint_path."
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "none"], var.primary_region) || contains(keys(var.regions), var.primary_region)
    error_message = "primary_region must be one of the regions, or \"none\"."
  }
}

variable "records_region" {
  description = "The region of the stacks that make records. The records themselves are global."
  type        = string
  default     = "us-east-1"
}
