"""The same service on several machines: Ray Serve runs replicas of the app, unchanged.

    serve run helpers.service.deploy.cluster:application parts=vision

starts it on this machine or, where this machine has joined a cluster (``ray start``), on all of
them. A replica that dies is replaced. Its unfinished requests get a 500, and Ray does not send them
to another replica: a request that only reads can simply be repeated. Uploads need a folder that
all machines share (``ANNYEONG_FOLDER``); the AI server alone (``parts=vision``) needs none.
"""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, PositiveInt

from helpers.service import logs
from helpers.service.app import ALL, PARTS, create_app
from helpers.service.settings import Settings

if TYPE_CHECKING:
    from ray import serve

_PART = "|".join(PARTS)


class Scale(BaseModel):
    """How the service is spread; what ``serve run ... name=value`` can say.

    Attributes
    ----------
    parts : str
        Names from `helpers.service.app.PARTS`, with commas between.
    min_replicas, max_replicas : int
        Between these Ray follows the load.
    target_ongoing_requests : int
        How many requests a replica should have in hand; above, another is started.

    Examples
    --------
    >>> Scale(parts="vision,uploads").max_replicas
    4
    """

    parts: str = Field(",".join(ALL), pattern=rf"^({_PART})(,({_PART}))*$")
    min_replicas: PositiveInt = 1
    max_replicas: PositiveInt = 4
    target_ongoing_requests: PositiveInt = 4


def application(scale: Scale) -> "serve.Application":
    """Return what Ray Serve runs: replicas of `create_app`, each with its lifespan.

    Parameters
    ----------
    scale : Scale
    """
    from ray import serve  # has its own extra

    def build():  # in each replica, so that nothing has to be sent there
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        return create_app(scale.parts.split(","), settings)

    deployment: Any = serve.deployment(
        serve.ingress(build)(),
        name="annyeong",
        autoscaling_config=scale.model_dump(exclude={"parts"}),
        ray_actor_options={"num_cpus": 1},
    )
    return deployment.bind()
