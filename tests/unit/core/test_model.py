"""`app.core.model`: validators are built late, so here each is built once."""

import importlib
import pkgutil
from collections.abc import Iterator

import app
from app.core.model import Model


def subclasses(model: type[Model]) -> Iterator[type[Model]]:
    for subclass in model.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


class TestModel:
    def test_every_model_of_the_app_can_be_built(self) -> None:
        for module in pkgutil.walk_packages(app.__path__, "app."):
            importlib.import_module(module.name)

        for model in subclasses(Model):
            assert model.model_rebuild() is not False, model

        assert all(model.__pydantic_complete__ for model in subclasses(Model))

    def test_model_is_built_at_its_first_use(self) -> None:
        class Late(Model):
            count: int

        assert not Late.__pydantic_complete__

        assert Late.model_validate({"count": 1}).count == 1
        assert Late.__pydantic_complete__
