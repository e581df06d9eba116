output "function_arn" {
  description = "The controller."
  value       = aws_cloudformation_stack.controller.outputs["FunctionArn"]
}

output "notifications_arn" {
  description = "Where its alarms are told."
  value       = aws_cloudformation_stack.controller.outputs["NotificationsArn"]
}

output "dead_letters_url" {
  description = "What it failed on."
  value       = aws_cloudformation_stack.controller.outputs["DeadLettersUrl"]
}
