# Every variable but region is a parameter of infra/controller.yaml, with the same default.

variable "region" {
  description = "The region that the controller runs in and keeps."
  type        = string
}

variable "platform" {
  description = "The platform's name, as in the spec."
  type        = string
}

variable "environment" {
  description = "The environment's name, as in the spec."
  type        = string
}

variable "mode" {
  description = "observe says what it would do and holds no permission to do it; act does it."
  type        = string
  default     = "observe"
}

variable "code_bucket" {
  description = "The bucket, in this region, that holds the function's zip."
  type        = string
}

variable "code_key" {
  description = "The zip's key, with its version: only another key brings other code."
  type        = string
}

variable "architecture" {
  description = "What the zip was built for: x86_64 or arm64."
  type        = string
  default     = "arm64"
}

variable "service" {
  description = "The service whose bounds in this region min_capacity and max_capacity are. Empty leaves them to the spec."
  type        = string
  default     = ""
}

variable "min_capacity" {
  description = "The service's minimum size in this region. Null leaves both bounds to the spec."
  type        = number
  default     = null
}

variable "max_capacity" {
  description = "The service's maximum size in this region. Null leaves both bounds to the spec."
  type        = number
  default     = null

  validation {
    condition     = var.max_capacity == null || var.min_capacity == null || try(var.max_capacity >= var.min_capacity, false)
    error_message = "max_capacity must not be below min_capacity."
  }
}

variable "database_replica" {
  description = "Whether the region's database follows the primary."
  type        = bool
  default     = false
}

variable "database_primary" {
  description = "Whether the region's database takes the writes. It wins over database_replica."
  type        = bool
  default     = false
}

variable "overlay" {
  description = "YAML in the form of an environment in the spec. It replaces what the five variables above say."
  type        = string
  default     = ""
}

variable "spec_parameter" {
  description = "The SSM parameter that holds the spec. Empty means /plimsoll/{platform}/{environment}/spec."
  type        = string
  default     = ""
}

variable "instance_limit" {
  description = "IAM refuses the controller a maximum size above this. Keep it at or above every limit in the spec."
  type        = number
  default     = 100
}

variable "log_retention_days" {
  description = "How long the controller's log is kept."
  type        = number
  default     = 30
}

variable "notification_email" {
  description = "Who is told of alarms by e-mail. Empty subscribes nobody."
  type        = string
  default     = ""
}

variable "reserved_concurrency" {
  description = "Concurrency kept for the controller, at least 2. Null keeps none."
  type        = number
  default     = null
}

variable "kms_key" {
  description = "ARN of a key for queues, topic, log and environment. Empty means the services' own keys."
  type        = string
  default     = ""
}
