#!/bin/sh
# First boot of every Alfred instance: the CloudWatch agent publishes mem_used_percent, aggregated
# by AutoScalingGroupName, which the memory policy tracks.
set -eu
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
  -a fetch-config -m ec2 -c ssm:/alfred/cloudwatch-agent -s
systemctl enable --now alfred
