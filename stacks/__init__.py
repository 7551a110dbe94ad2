"""The infrastructure: one CloudFormation stack per environment."""
