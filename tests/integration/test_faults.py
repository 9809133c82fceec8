"""Ten seeded schedules of faults (docs/reliability.md), several clusters at a time: their brokers wait for sessions and elections mostly."""
import concurrent.futures
import os
import subprocess
import sys
import unittest

from cluster import ROOT, SANITIZED

FAULTS = os.path.join(ROOT, "tests/faults")
sys.path.insert(0, FAULTS)

import network  # noqa: E402  (the path above is needed first)

SEEDS = range(1, 11)
SECONDS = 60
AT_A_TIME = 2 if SANITIZED else 3
TIMEOUT_S = 600


@unittest.skipUnless(network.may_enter(), "making network namespaces takes root (CAP_SYS_ADMIN and CAP_NET_ADMIN)")
class FaultsTest(unittest.TestCase):
    """A test per seed, each of which waits for its schedule; all of them are begun at once."""

    @classmethod
    def setUpClass(cls):
        cls.running = set()
        cls.pool = concurrent.futures.ThreadPoolExecutor(AT_A_TIME)
        cls.outcomes = {seed: cls.pool.submit(cls.play, seed) for seed in SEEDS}

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown(wait=False, cancel_futures=True)
        for process in list(cls.running):
            process.terminate()  # in good order, with its brokers
        cls.pool.shutdown()

    @classmethod
    def play(cls, seed):
        """(exit code, all that was said)."""
        process = subprocess.Popen([sys.executable, os.path.join(FAULTS, "run.py"), "--seed", str(seed), "--seconds", str(SECONDS)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cls.running.add(process)
        try:
            said = process.communicate(timeout=TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            process.terminate()
            said = process.communicate()[0] + f"\nnot over after {TIMEOUT_S} s"
        cls.running.discard(process)
        return process.returncode, said

    def check(self, seed):
        code, said = self.outcomes[seed].result()
        self.assertEqual(0, code, f"seed {seed} broke; scripts/faults.sh --seed {seed} plays it again:\n{said}")
        self.assertIn(f"seed {seed}: the replicas are the same", said)


def test_of(seed):
    def test(self):
        self.check(seed)
    return test


for number in SEEDS:
    setattr(FaultsTest, f"test_seed_{number:02}", test_of(number))


if __name__ == "__main__":
    unittest.main(verbosity=2)
