"""EventBridge: rules that are disabled deliver nothing."""
