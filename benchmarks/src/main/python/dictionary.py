"""A dictionary of ID -> date, as the batch job had it, loaded from rows id|customer|date|amount.

    dictionary.py load ROWS plain|interned
        loads, says how long that took and the most memory it had, and ends
    dictionary.py read ROWS plain|interned COUNT WORKERS STRIDE
        loads, forks WORKERS processes, each of which looks every ID from 0 to COUNT - 1 up once

The second one speaks the worker protocol: "ready PID...", waits for "go", "done LOOKUPS FOUND CHECKSUM NANOS" for all
workers together, waits for "exit". STRIDE is the step from one ID to the next, 1 for the order of the rows.
"""

import datetime
import os
import resource
import sys
import time

FIRST_DAY = datetime.date(2015, 1, 1).toordinal()
SAMPLE_MASK = 1023


def load(path, interned):
    dates = {}
    with open(path, encoding="utf-8") as rows:
        if interned:
            for row in rows:
                fields = row.split("|")
                dates[fields[0]] = sys.intern(fields[2])
        else:
            for row in rows:
                fields = row.split("|")
                dates[fields[0]] = fields[2]
    return dates


def read(dates, count, at, stride):
    """Looks every ID up once and sums the days of one date in 1,024 up, so that a wrong answer shows."""
    found = 0
    checksum = 0
    for _ in range(count):
        date = dates.get(str(at))
        if date is not None:
            found += 1
            if not at & SAMPLE_MASK:
                checksum += datetime.date.fromisoformat(date).toordinal() - FIRST_DAY
        at += stride
        if at >= count:
            at -= count
    return found, checksum


def work(dates, count, at, stride, go, done):
    os.read(go, 1)
    start = time.perf_counter_ns()
    found, checksum = read(dates, count, at, stride)
    os.write(done, f"{found} {checksum} {time.perf_counter_ns() - start}\n".encode())
    # Stays until it has been measured: the pipe ends when the parent does.
    os.read(go, 1)
    os._exit(0)


def serve(path, interned, count, workers, stride):
    dates = load(path, interned)
    done_out, done_in = os.pipe()
    pids = []
    gos = []
    for worker in range(workers):
        go_out, go_in = os.pipe()
        pid = os.fork()
        if pid == 0:
            for earlier in gos:
                os.close(earlier)
            os.close(go_in)
            work(dates, count, worker * count // workers, stride, go_out, done_in)
        os.close(go_out)
        pids.append(pid)
        gos.append(go_in)
    print("ready", *pids, flush=True)
    sys.stdin.readline()
    for go in gos:
        os.write(go, b"g")
    with os.fdopen(done_out) as results:
        outcomes = [[int(word) for word in results.readline().split()] for _ in pids]
    checksums = {outcome[1] for outcome in outcomes}
    if len(checksums) != 1:
        raise ValueError(f"the workers must find the same: checksums={checksums}")
    found = sum(outcome[0] for outcome in outcomes)
    nanos = max(outcome[2] for outcome in outcomes)
    print("done", count * workers, found, checksums.pop(), nanos, flush=True)
    sys.stdin.readline()
    for go in gos:
        os.close(go)
    for pid in pids:
        os.waitpid(pid, 0)
    # Freeing millions of objects one by one takes long and shows nothing.
    sys.stdout.flush()
    os._exit(0)


def main(arguments):
    path, interned = arguments[1], arguments[2] == "interned"
    if arguments[0] == "load":
        start = time.perf_counter()
        dates = load(path, interned)
        seconds = time.perf_counter() - start
        print(len(dates), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
        os._exit(0)
    serve(path, interned, int(arguments[3]), int(arguments[4]), int(arguments[5]))


if __name__ == "__main__":
    main(sys.argv[1:])
