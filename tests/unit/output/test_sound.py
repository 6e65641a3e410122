"""Tones that can be told apart, and silence that is no error."""

from __future__ import annotations

import builtins
import itertools
from typing import Any

import numpy as np
import pytest

from lastrep.output.sound import NOTES, RATE_HZ, Sound, Tone, samples


@pytest.mark.parametrize("tone", list(Tone))
def test_tones_are_short_loud_and_do_not_click(tone: Tone) -> None:
    wave = samples(tone).astype(float) / 32767
    assert 0.05 < len(wave) / RATE_HZ < 1.0
    assert 0.6 < np.abs(wave).max() <= 1.0
    assert abs(wave[0]) < 0.02
    assert abs(wave[-1]) < 0.1


def test_tones_carry_where_music_has_little() -> None:
    wave = samples(Tone.REP).astype(float)
    power = np.abs(np.fft.rfft(wave)) ** 2
    frequency_hz = np.fft.rfftfreq(len(wave), 1 / RATE_HZ)
    band = (frequency_hz >= 2000) & (frequency_hz <= 5000)
    assert power[band].sum() / power.sum() > 0.4


def test_no_two_tones_are_alike() -> None:
    for one, other in itertools.combinations(Tone, 2):
        assert NOTES[one] != NOTES[other]


def test_without_a_sound_device_there_is_one_warning_and_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    pygame.mixer.quit()
    sound = Sound()
    assert len(sound.warnings) == 1
    assert "no sound" in sound.warnings[0]
    sound.play(Tone.REP)
    sound.say("chest up")
    sound.prepare(["chest up"])
    sound.close()


def test_without_the_extra_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pygame":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert Sound().warnings == ['no sound: install it with pip install "lastrep[live]"']


def test_a_device_plays_tones_and_a_mute_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    sound = Sound()
    try:
        sound.play(Tone.SET_DONE)
        assert pygame.mixer.Channel(0).get_busy()
        pygame.mixer.Channel(0).stop()
        sound.muted = True
        sound.play(Tone.SET_DONE)
        assert not pygame.mixer.Channel(0).get_busy()
    finally:
        sound.close()
