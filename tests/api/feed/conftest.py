"""The small limits of the read model's tests hold in the feed's, too."""

from tests.api.read_model.conftest import small_limits as small_limits
