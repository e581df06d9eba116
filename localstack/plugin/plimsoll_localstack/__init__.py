"""Auto Scaling and Elastic Load Balancing for LocalStack's open-source edition.

moto-ext carries both services, LocalStack does not offer them. `providers` does, and corrects
what moto answers unlike AWS: one family of corrections per file.
"""
