"""EventBridge: rules that are disabled, or replaced, deliver nothing."""
