import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from local.errors import LocalError
from local.ports import answers, check_port, free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class TestCheckPort:
    def test_a_free_one_passes(self) -> None:
        check_port(free_port())

    def test_a_taken_one_is_rejected_with_another_to_use(self, taken: int) -> None:
        with pytest.raises(LocalError, match=rf"port {taken} is taken .* make local LOCAL_PORT=\d+$"):
            check_port(taken)

    def test_one_taken_on_all_interfaces_is_rejected(self) -> None:
        with (
            socket.create_server(("0.0.0.0", 0)) as server,  # noqa: S104 - the case under test
            pytest.raises(LocalError, match="is taken"),
        ):
            check_port(server.getsockname()[1])


class TestAnswers:
    def test_an_error_is_an_answer(self) -> None:
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            assert answers(server.server_port, "/")
            thread.join()

    def test_silence_is_none(self) -> None:
        assert not answers(free_port(), "/")
