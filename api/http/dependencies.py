"""The dependencies of routes on settings, publisher and metrics."""

from typing import Annotated

from fastapi import Depends

from api.http.app_key import AppKey
from api.http.metrics import Metrics
from api.http.publisher import Publisher
from api.http.settings import ApiSettings

the_settings = AppKey[ApiSettings]("settings")
the_publisher = AppKey[Publisher]("publisher")
the_metrics = AppKey[Metrics]("metrics")

TheSettings = Annotated[ApiSettings, Depends(the_settings)]
ThePublisher = Annotated[Publisher, Depends(the_publisher)]
TheMetrics = Annotated[Metrics, Depends(the_metrics)]
