"""Sound of a live set: a tone for each thing that happens, and the cue in words.

One cue at a time: a new one takes the place of the old, nothing queues up. Without a sound device
or the `live` extra the set runs on in silence.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lastrep.pose.quiet import quiet_stderr

if TYPE_CHECKING:
    import pygame

#: Samples a second of the tones.
RATE_HZ = 44_100
#: Overtones of a tone and how loud they are: between 2 and 4 kHz the ear hears best and music
#: has little, so the tones carry over it without being louder.
OVERTONES = ((1, 0.5), (2, 0.6), (3, 0.5), (4, 0.3))
#: Fade at both ends of a note, against clicks.
FADE_S = 0.005
#: Loudness of tones and voice.
TONE_VOLUME, VOICE_VOLUME = 0.8, 1.0
#: The program that speaks, words a minute, and how long a few words may take to be made.
SPEAKER, WORDS_PER_MINUTE, SPEAK_WITHIN_S = "espeak-ng", "165", 5.0
#: Words are made again rather than kept beyond so many.
KEPT_WORDS = 200


class Tone(StrEnum):
    """What a tone means."""

    READY = "ready"
    REP = "rep"
    BAD_REP = "bad_rep"
    LAST_REP = "last_rep"
    SET_DONE = "set_done"
    FAILURE = "failure"
    REST_OVER = "rest_over"
    PROBLEM = "problem"


#: Notes of each tone: frequency in Hz (0: silence) and seconds.
NOTES: dict[Tone, tuple[tuple[float, float], ...]] = {
    Tone.READY: ((660, 0.10), (880, 0.14)),
    Tone.REP: ((1175, 0.11),),
    Tone.BAD_REP: ((392, 0.10), (330, 0.16)),
    Tone.LAST_REP: ((1175, 0.09), (0, 0.05), (1175, 0.09), (0, 0.05), (1568, 0.18)),
    Tone.SET_DONE: ((784, 0.14), (988, 0.14), (1175, 0.14), (1568, 0.4)),
    Tone.FAILURE: ((784, 0.18), (622, 0.18), (494, 0.5)),
    Tone.REST_OVER: ((988, 0.12), (0, 0.1), (988, 0.12), (0, 0.1), (1319, 0.35)),
    Tone.PROBLEM: ((466, 0.15), (0, 0.08), (466, 0.15)),
}


def samples(tone: Tone) -> NDArray[np.int16]:
    """Return a tone as 16-bit samples, shape = (n,) at `RATE_HZ`."""
    notes = [_note(frequency_hz, length_s) for frequency_hz, length_s in NOTES[tone]]
    loud = np.concatenate(notes)
    return np.asarray(np.round(32767 * TONE_VOLUME * loud), np.int16)


def _note(frequency_hz: float, length_s: float) -> NDArray[np.float64]:
    t_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    if frequency_hz == 0:
        return np.zeros(len(t_s))
    wave = np.sum(
        [gain * np.sin(2 * np.pi * k * frequency_hz * t_s) for k, gain in OVERTONES], axis=0
    )
    fade = np.clip(np.minimum(t_s, length_s - t_s) / FADE_S, 0, 1)
    # A note that dies away is heard as a bell, not as an alarm.
    faded: NDArray[np.float64] = wave / np.abs(wave).max() * fade * np.exp(-2.0 * t_s / length_s)
    return faded


class Sound:
    """Plays tones and speaks; silent where that cannot be.

    Parameters
    ----------
    muted
        Begin in silence.
    """

    def __init__(self, *, muted: bool = False) -> None:
        #: What a user should know, one line each: why there is no sound, or no voice.
        self.warnings: list[str] = []
        self.muted = muted
        self._tones: dict[Tone, pygame.mixer.Sound] = {}
        self._words: dict[str, pygame.mixer.Sound] = {}
        self._lock = threading.Lock()
        self._wanted = ""
        self._mixer_works = not muted and self._open()
        self._voice_works = self._mixer_works and shutil.which(SPEAKER) is not None
        if self._mixer_works and not self._voice_works:
            self.warnings.append(f"no spoken cues: install {SPEAKER} to hear them")

    def _open(self) -> bool:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        try:
            import pygame
        except ImportError:
            self.warnings.append('no sound: install it with pip install "lastrep[live]"')
            return False
        try:
            with quiet_stderr():  # ALSA tells at length what the one warning says
                pygame.mixer.init(RATE_HZ, -16, 1, buffer=512)
        except pygame.error as error:
            self.warnings.append(f"no sound: {error}")
            return False
        _, _, channels = pygame.mixer.get_init() or (0, 0, 1)
        for tone in Tone:
            mono = samples(tone)
            wave = mono if channels == 1 else np.repeat(mono[:, None], channels, axis=1)
            self._tones[tone] = pygame.mixer.Sound(buffer=np.ascontiguousarray(wave).tobytes())
        pygame.mixer.set_reserved(2)
        return True

    def play(self, tone: Tone) -> None:
        """Play a tone at once, in place of one that still sounds."""
        if self._mixer_works and not self.muted:
            import pygame

            pygame.mixer.Channel(0).play(self._tones[tone])

    def say(self, words: str) -> None:
        """Speak, in place of what is being said; returns at once."""
        if not self._voice_works or self.muted:
            return
        self._wanted = words
        threading.Thread(target=self._speak, args=(words,), name="voice", daemon=True).start()

    def prepare(self, every: Iterable[str]) -> None:
        """Make words beforehand, so that they come without delay."""
        if self._voice_works:
            todo = list(every)
            threading.Thread(
                target=lambda: [self._voice(words) for words in todo], name="voices", daemon=True
            ).start()

    def close(self) -> None:
        """Let go of the sound device."""
        if self._mixer_works:
            import pygame

            self._mixer_works = self._voice_works = False
            pygame.mixer.quit()

    def _speak(self, words: str) -> None:
        sound = self._voice(words)
        # Whatever was wanted meanwhile is newer.
        if sound is not None and self._wanted == words and self._mixer_works and not self.muted:
            import pygame

            pygame.mixer.Channel(1).play(sound)

    def _voice(self, words: str) -> pygame.mixer.Sound | None:
        import pygame

        with self._lock:
            known = self._words.get(words)
            if known is not None:
                return known
            try:
                made = subprocess.run(
                    [SPEAKER, "-s", WORDS_PER_MINUTE, "--stdout", words],
                    capture_output=True,
                    check=True,
                    timeout=SPEAK_WITHIN_S,
                )
                sound = pygame.mixer.Sound(file=io.BytesIO(made.stdout))
            except (OSError, subprocess.SubprocessError, pygame.error) as error:
                if self._voice_works:
                    self.warnings.append(f"no spoken cues: {SPEAKER} failed ({error})")
                self._voice_works = False
                return None
            sound.set_volume(VOICE_VOLUME)
            if len(self._words) < KEPT_WORDS:
                self._words[words] = sound
            return sound
