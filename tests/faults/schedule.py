"""What goes wrong and when, as values made from a seed: the same seed is the same schedule, for ever."""
import dataclasses
import random

BROKERS = (1, 2, 3)
ZOOKEEPERS = (1, 2, 3)
# A broker is without its session after this long without ZooKeeper.
SESSION_TIMEOUT_S = 4


@dataclasses.dataclass(frozen=True)
class Fault:
    kind: str
    targets: tuple  # ids of brokers or ZooKeeper nodes; empty: whoever has the role when it happens
    seconds: float  # until it is undone

    def __str__(self):
        names = " ".join(map(str, self.targets))
        return f"{self.kind.replace('_', ' ')} {names}".strip() + f" for {self.seconds:.1f} s"


@dataclasses.dataclass(frozen=True)
class Round:
    """Faults that happen together, after `calm_s` seconds in which nothing does."""
    calm_s: float
    faults: tuple

    def __str__(self):
        return f"after {self.calm_s:.1f} s: " + " and ".join(map(str, self.faults))


def one_broker(chance):
    return (chance.choice(BROKERS),)


def two_brokers(chance):
    return tuple(chance.sample(BROKERS, 2))


def one_zookeeper(chance):
    return (chance.choice(ZOOKEEPERS),)


def nobody(_):
    return ()


# kind: who it may hit, the shortest and the longest time.
KINDS = {
    "kill_broker": (one_broker, 0.5, 8),
    "kill_controller": (nobody, 0.5, 8),
    "kill_leader": (nobody, 0.5, 8),
    "kill_two_brokers": (two_brokers, 0.5, 6),
    "terminate_broker": (one_broker, 0.5, 4),
    "stop_broker": (one_broker, 0.5, 10),
    "isolate_broker": (one_broker, 2, 10),
    "isolate_broker_wholly": (one_broker, 2, 10),
    "cut_two_brokers": (two_brokers, 2, 10),
    "cut_one_way": (two_brokers, 2, 10),
    "cut_zookeeper_of": (one_broker, 1, SESSION_TIMEOUT_S + 4),
    "kill_zookeeper": (one_zookeeper, 1, 6),
    "stop_zookeeper": (one_zookeeper, 1, 6),
    "slow_zookeeper": (nobody, 3, 8),
    "lose_zookeeper": (nobody, 1, 8),
}


def make(seed, seconds):
    """Rounds that take about so many seconds."""
    chance = random.Random(seed)
    rounds = []
    spent = 0.0
    while spent < seconds:
        kinds = chance.sample(sorted(KINDS), 2 if chance.random() < 0.25 else 1)
        faults = []
        for kind in kinds:
            choose, shortest, longest = KINDS[kind]
            faults.append(Fault(kind, choose(chance), round(chance.uniform(shortest, longest), 1)))
        rounds.append(Round(round(chance.uniform(0.5, 4), 1), tuple(faults)))
        spent += rounds[-1].calm_s + max(fault.seconds for fault in faults)
    return rounds
