variable "code_bucket_prefix" {
  description = "The zip lies in a bucket in each region: this, a hyphen and the region's name."
  type        = string
}

variable "code_key" {
  description = "The zip's key, with its version."
  type        = string
}

variable "hosted_zone_id" {
  description = "The hosted zone of the platform's name."
  type        = string
}

variable "record_name" {
  description = "The platform's name in DNS."
  type        = string
}

variable "load_balancers" {
  description = "The load balancer of each of the three regions."
  type = map(object({
    load_balancer_name    = string
    load_balancer_zone_id = string
  }))
}
