"""A window to show pictures in and take keys from; SDL, by way of the `live` extra."""

from __future__ import annotations

import os
import sys
from typing import Self

from lastrep.errors import DisplayError
from lastrep.output.drawing import Image

_INSTEAD = "or run with --headless"


class Window:
    """A resizable window that keeps the shape of its pictures.

    Parameters
    ----------
    title
        In its frame.
    width_px, height_px
        Size of the pictures.

    Raises
    ------
    DisplayError
        If there is no screen, or the `live` extra is missing.
    """

    def __init__(self, title: str, width_px: int, height_px: int) -> None:
        if sys.platform == "linux" and not (
            os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        ):
            raise DisplayError(f"there is no screen (DISPLAY is not set): set it, {_INSTEAD}")
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        try:
            import pygame
        except ImportError as error:
            raise DisplayError(
                f'the window needs an extra: pip install "lastrep[live]", {_INSTEAD}'
            ) from error
        self._pygame = pygame
        try:
            pygame.display.init()
            self._screen = pygame.display.set_mode((width_px, height_px), pygame.RESIZABLE)
        except pygame.error as error:
            raise DisplayError(f"the screen cannot be used ({error}): {_INSTEAD}") from error
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pygame.display.quit()

    def show(self, image: Image) -> None:
        """Show an RGB picture, as large as fits."""
        pygame = self._pygame
        height, width = image.shape[:2]
        picture = pygame.image.frombuffer(image.tobytes(), (width, height), "RGB")
        room = self._screen.get_size()
        if room != (width, height):
            scale = min(room[0] / width, room[1] / height)
            size = max(round(width * scale), 1), max(round(height * scale), 1)
            picture = pygame.transform.smoothscale(picture, size)
            self._screen.fill((0, 0, 0))
        left, top = ((r - s) // 2 for r, s in zip(room, picture.get_size(), strict=True))
        self._screen.blit(picture, (left, top))
        pygame.display.flip()

    def keys(self) -> list[str]:
        """Return the keys pressed since last asked, by name; closing the window is "q"."""
        pygame = self._pygame
        pressed = []
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                pressed.append("q")
            elif event.type == pygame.KEYDOWN:
                if event.key == pygame.K_F11:
                    pygame.display.toggle_fullscreen()
                pressed.append(pygame.key.name(event.key))
        return pressed
