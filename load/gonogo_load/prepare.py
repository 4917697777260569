"""What both models do before the first request: the login and the setup of the target."""

from gonogo.vocabulary import SystemNotReady
from gonogo_load.client import Client, SetupRefused
from gonogo_load.plan import LoadPlan


async def prepare(client: Client, plan: LoadPlan) -> dict[str, str]:
    """Log in and make the setup's requests; returns what they captured.

    Raises:
        SystemNotReady: the system refused one of them.
    """
    try:
        if plan.user is not None:
            await client.log_in(plan.user)
        return await client.set_up(plan.setup)
    except SetupRefused as refused:
        raise SystemNotReady(
            f"the load {plan.load} could not begin: {refused}",
            where=plan.base_url,
            hint="the log of the entry service",
        ) from refused
