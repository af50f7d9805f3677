"""The hold model on SimPy, callbacks only: its fastest way. Prints operations per second."""
import random
import resource
import sys

import simpy
from simpy.events import Timeout


def cpu_s():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


size, operations = int(sys.argv[1]), 300_000
random.seed(42)
env = simpy.Environment()


def fire(_event):
    Timeout(env, random.expovariate(1.0)).callbacks.append(fire)


for _ in range(size):
    fire(None)
for _ in range(size):
    env.step()
start = cpu_s()
for _ in range(operations):
    env.step()
print(round(operations / (cpu_s() - start)))
