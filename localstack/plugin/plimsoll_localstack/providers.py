"""What LocalStack loads: one provider for each service that this package offers or corrects."""

from localstack.aws.skeleton import Skeleton
from localstack.aws.spec import load_service
from localstack.services.plugins import Service, aws_provider

from .dispatch import moto_table


@aws_provider(api="autoscaling")
def autoscaling() -> Service:
    """Auto Scaling in every region, over moto."""
    from .autoscaling import Ticker, corrections

    return Service(
        "autoscaling",
        skeleton=Skeleton(load_service("autoscaling"), corrections.table()),
        lifecycle_hook=Ticker(),
    )


@aws_provider(api="elbv2")
def elbv2() -> Service:
    """Elastic Load Balancing v2 in every region, over moto."""
    from .elbv2 import corrections

    table = corrections.over(moto_table("elbv2"))
    return Service("elbv2", skeleton=Skeleton(load_service("elbv2"), table))


@aws_provider(api="ec2", name="plimsoll")
def ec2() -> Service:
    """LocalStack's own EC2 with corrected launch templates; `PROVIDER_OVERRIDE_EC2` selects it."""
    from localstack.services.ec2.provider import Ec2Provider
    from localstack.services.moto import MotoFallbackDispatcher

    from .ec2 import corrections

    return Service.for_provider(
        Ec2Provider(),
        dispatch_table_factory=lambda provider: corrections.over(MotoFallbackDispatcher(provider)),
    )


@aws_provider(api="cloudwatch", name="plimsoll")
def cloudwatch() -> Service:
    """LocalStack's CloudWatch, corrected; `PROVIDER_OVERRIDE_CLOUDWATCH` selects it."""
    from .cloudwatch.service import Cloudwatch

    return Service.for_provider(Cloudwatch())


@aws_provider(api="events", name="plimsoll")
def events() -> Service:
    """LocalStack's EventBridge, corrected; `PROVIDER_OVERRIDE_EVENTS` selects it."""
    from .events.service import Events

    return Service.for_provider(Events())


@aws_provider(api="route53", name="plimsoll")
def route53() -> Service:
    """LocalStack's Route 53 with whole health checks; `PROVIDER_OVERRIDE_ROUTE53` selects it."""
    from localstack.services.moto import MotoFallbackDispatcher
    from localstack.services.route53.provider import Route53Provider

    from .route53 import corrections

    return Service.for_provider(
        Route53Provider(),
        dispatch_table_factory=lambda provider: corrections.over(MotoFallbackDispatcher(provider)),
    )
