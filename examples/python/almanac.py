#!/usr/bin/env python3
"""Reads Almanac files: ID -> date. Needs the standard library alone; batches are faster with NumPy.

    almanac.py FILE ID...          one line for each ID: the ID, a tab, the date or nothing
    almanac.py --workers N FILE    N forked processes read the whole file; prints what each came to

Written from docs/format.md. A file is mapped read-only, so forked workers share every page of it:
nothing is copied, and no reference count is written into what they share.
"""

import datetime
import mmap
import os
import struct
import sys

M64 = (1 << 64) - 1
SEAL = bytes(255 - b for b in b"ALMANAC1")
ENTRIES, DIRECT, HASHED, BLOCKS = 1, 2, 3, 4
EMPTY = 7
# By the marks of the slots 0, 1 and 2.
REACHES = (0, 1, 0, 2, 0, 4, 0, 6)
EPOCH = datetime.date(1970, 1, 1).toordinal()


class CorruptAlmanac(Exception):
    """The file is not an almanac, or a damaged one."""


def _finish(z):
    z = (z + 0x9E3779B97F4A7C15) & M64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & M64
    return z ^ z >> 31


def _rotated(x, n):
    return (x << n | x >> 64 - n) & M64


def xxh64(data):
    """XXH64 of some bytes, seed 0."""
    p1, p2, p3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
    p4, p5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5

    def stirred(lane, word):
        return _rotated(lane + word * p2 & M64, 31) * p1 & M64

    at = 0
    if len(data) >= 32:
        lanes = [p1 + p2 & M64, p2, 0, -p1 & M64]
        while at <= len(data) - 32:
            words = struct.unpack_from("<4Q", data, at)
            lanes = [stirred(lane, word) for lane, word in zip(lanes, words)]
            at += 32
        h = sum(_rotated(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & M64
        for lane in lanes:
            h = (h ^ stirred(0, lane)) * p1 + p4 & M64
    else:
        h = p5
    h = h + len(data) & M64
    while at <= len(data) - 8:
        h = _rotated(h ^ stirred(0, struct.unpack_from("<Q", data, at)[0]), 27) * p1 + p4 & M64
        at += 8
    if at <= len(data) - 4:
        h = _rotated(h ^ struct.unpack_from("<I", data, at)[0] * p1 & M64, 23) * p2 + p3 & M64
        at += 4
    for byte in data[at:]:
        h = _rotated(h ^ byte * p5 & M64, 11) * p1 & M64
    h = (h ^ h >> 33) * p2 & M64
    h = (h ^ h >> 29) * p3 & M64
    return h ^ h >> 32


class Shape:
    """The texts of a file whose texts are stored as numbers."""

    def __init__(self, section):
        count = struct.unpack_from("<i", section)[0]
        at = 4 * (1 + count) + 7 & ~7
        self._sets = {}
        for length in struct.unpack_from("<%di" % count, section, 4):
            sets = [section[at + 32 * p : at + 32 * (p + 1)] for p in range(length)]
            self._sets[length] = [
                [byte for byte in range(256) if set_[byte >> 3] >> (byte & 7) & 1] for set_ in sets
            ]
            at += 32 * length
        universe = sum(self._product(sets) for sets in self._sets.values())
        self.wide = universe > 1 << 64
        self._splits = {}
        self._offsets = {}
        offset = 0
        for length, sets in self._sets.items():
            split = length
            if self.wide:
                while self._product(sets[:split]) > (1 << 64) // count:
                    split -= 1
            self._splits[length] = split
            self._offsets[length] = offset
            offset += self._product(sets[:split])

    @staticmethod
    def _product(sets):
        product = 1
        for set_ in sets:
            product *= len(set_)
        return product

    @staticmethod
    def _number(sets, text):
        number = 0
        for set_, byte in zip(sets, text):
            number = number * len(set_) + set_.index(byte)
        return number

    @staticmethod
    def _bytes(sets, number):
        text = bytearray()
        for set_ in reversed(sets):
            number, digit = divmod(number, len(set_))
            text.append(set_[digit])
        return bytes(reversed(text))

    def key(self, text):
        """The key and the low number of a text, or None."""
        sets = self._sets.get(len(text))
        if sets is None or any(byte not in set_ for set_, byte in zip(sets, text)):
            return None
        split = self._splits[len(text)]
        key = self._offsets[len(text)] + self._number(sets[:split], text)
        low = self._number(sets[split:], text[split:])
        return key if self.wide else key - (1 << 63), low

    def text(self, key, low):
        """The text of a key and its low number."""
        number = key if self.wide else key + (1 << 63)
        length = max(length for length in self._sets if self._offsets[length] <= number)
        sets, split = self._sets[length], self._splits[length]
        first = self._bytes(sets[:split], number - self._offsets[length])
        return (first + self._bytes(sets[split:], low)).decode()


class Buckets:
    """Numbers below a limit by key, in the buckets of some pages."""

    def __init__(self, map_, offset, pages, page_bits, slot_bytes, key_bits, low_key_bits, limit,
                 longest_probe, seed):
        self._map, self._offset, self._page_bits = map_, offset, page_bits
        self._slot_bytes, self._key_bits, self._low_key_bits = slot_bytes, key_bits, low_key_bits
        self._limit, self._longest_probe, self._seed = limit, longest_probe, seed
        self._code_bits = max(1, limit.bit_length())
        self._buckets = pages << page_bits
        bucket_log = self._buckets.bit_length() - 1
        self._step = self._buckets << 64 - key_bits
        self._rest_bits = max(8, key_bits - bucket_log)
        self._slots = 64 // (slot_bytes + 1)
        self._half = (key_bits + 1) // 2
        self._key_mask = (1 << key_bits) - 1
        self._multipliers = [_finish(z) >> 64 - key_bits | 1 for z in (seed, seed ^ M64)]

    def _low_mask(self, low):
        return _finish(low ^ self._seed) & self._key_mask if self._low_key_bits else 0

    def _mix(self, key):
        for multiplier in self._multipliers:
            key = (key ^ key >> self._half) * multiplier & self._key_mask
        return key ^ 1 << self._key_bits - 1

    def _unmix(self, mixed):
        mixed ^= 1 << self._key_bits - 1
        for multiplier in reversed(self._multipliers):
            mixed = mixed * pow(multiplier, -1, self._key_mask + 1) & self._key_mask
            mixed ^= mixed >> self._half
        return mixed

    def _line(self, bucket):
        at = self._offset + 64 * (bucket + (bucket >> self._page_bits))
        return self._map[at : at + 64]

    def _slot(self, line, index):
        end = 64 - index * self._slot_bytes
        return int.from_bytes(line[end - self._slot_bytes : end], "little")

    def find(self, key, low):
        """The number of a key, or -1."""
        mixed = self._mix(key ^ self._low_mask(low))
        home, remainder = divmod(mixed * self._step, 1 << 64)
        rest = remainder >> 64 - self._rest_bits
        tag = rest >> self._rest_bits - 8
        below_tag = rest & (1 << self._rest_bits - 8) - 1
        mask = (1 << self._page_bits) - 1
        reach = 0
        distance = 0
        while distance <= min(reach, self._longest_probe - 1):
            line = self._line(home & ~mask | home + distance & mask)
            wanted = distance << 8 * self._slot_bytes - 4
            wanted |= (below_tag << self._low_key_bits | low) << self._code_bits
            for index in range(self._slots):
                if line[index] == tag:
                    slot = self._slot(line, index) & ~(1 << 8 * self._slot_bytes - 1)
                    if slot >> self._code_bits == wanted >> self._code_bits:
                        return self._checked(slot & (1 << self._code_bits) - 1)
            if distance == 0:
                marks = 0
                for i in range(3):
                    marks |= (self._slot(line, i) >> 8 * self._slot_bytes - 1) << i
                reach = REACHES[marks]
            distance += 1
        return -1

    def _checked(self, code):
        if code >= self._limit:
            raise CorruptAlmanac("a slot must hold a number below %d: %d" % (self._limit, code))
        return code

    def walk(self):
        """Each key, its low number and the number that it has."""
        mask = (1 << self._page_bits) - 1
        for bucket in range(self._buckets):
            line = self._line(bucket)
            for index in range(self._slots):
                slot = self._slot(line, index) & ~(1 << 8 * self._slot_bytes - 1)
                distance = slot >> 8 * self._slot_bytes - 4
                if distance == EMPTY:
                    break
                below_tag = (slot & (1 << 8 * self._slot_bytes - 4) - 1) >> self._code_bits
                low = below_tag & (1 << self._low_key_bits) - 1
                rest = line[index] << self._rest_bits - 8 | below_tag >> self._low_key_bits
                home = bucket & ~mask | bucket - distance & mask
                least = (home << 64) + (rest << 64 - self._rest_bits)
                mixed = -(-least // self._step)
                key = self._unmix(mixed) ^ self._low_mask(low)
                yield key, low, self._checked(slot & (1 << self._code_bits) - 1)


class Almanac:
    """An opened file. Use `date(id)`, `code(id)`, `codes(ids)`, iterate, or `len()`."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._read_footer(path)
        self._read_dictionary()
        self._read_shape()
        self._prepare_buckets()

    def _prepare_buckets(self):
        if self.layout == HASHED:
            self.buckets = Buckets(
                self._map, self.data_offset, self.entry_count, self.page_bits, self.slot_bytes,
                self.key_bits, self.low_key_bits, self.date_count, self.longest_probe, self.seed)
        if self.layout == BLOCKS:
            pages, page_bits, slot_bytes, longest_probe, seed = self._directory_fields
            store_end = self.tiers_offset + self.tier_bytes
            self.directory = Buckets(
                self._map, store_end + 4095 & ~4095, pages, page_bits, slot_bytes,
                self.key_bits - self.block_bits, 0, self.block_count, longest_probe, seed & M64)

    def _read_footer(self, path):
        at = len(self._map) - 312
        if at < 0 or self._map[-8:] != SEAL:
            raise CorruptAlmanac("not an almanac file: %s" % path)
        footer = self._map[at:]
        if struct.unpack_from("<i", footer, 300)[0] != 1:
            raise CorruptAlmanac("a format version that this reader does not know: %s" % path)

        def i32(offset):
            return struct.unpack_from("<i", footer, offset)[0]

        def i64(offset):
            return struct.unpack_from("<q", footer, offset)[0]

        self.dictionary_offset, self.id_kind = i64(8), i32(52)
        self.layout, self.code_bits, self.date_count = i32(56), i32(60), i32(64)
        self.dictionary_bytes, self.shape_bytes = i64(16), i32(68)
        self.id_count, self.entry_count = i64(72), i64(80)
        self.lowest_id, self.highest_id, self.page_bits = i64(88), i64(96), i32(108)
        self.segment_count, self.segment_header_bytes = i32(112), i32(116)
        self.segment_headers_offset = i64(120)
        self.tiers_offset, self.tier_bytes = i64(136), i64(144)
        self.slot_count, self.slot_key_bits, self.entry_space_offset = i32(152), i32(156), i32(164)
        self.chunk_bytes, self.longest_probe, self.slot_bytes = i32(168), i32(176), i32(180)
        self.first_key, self.seed, self.key_bits = i64(184), i64(192) & M64, i32(200)
        self.low_key_bits = i32(204)
        self.block_bits, self.block_count = i32(232), i32(236)
        self._directory_fields = i32(240), i32(244), i32(248), i32(252), i64(256)
        entries = self.tiers_offset + self.entry_space_offset
        self.data_offset = entries + 8 + 63 & ~63
        self.absent_code = (1 << self.code_bits) - 1

    def _read_dictionary(self):
        days = struct.unpack_from("<%dq" % self.date_count, self._map, self.dictionary_offset)
        self.epoch_days = list(days)
        at = self.dictionary_offset + 8 * self.date_count
        ends = struct.unpack_from("<%dI" % (self.date_count + 1), self._map, at)
        texts = at + 4 * (self.date_count + 1)
        self.texts = [
            self._map[texts + ends[i] : texts + ends[i + 1]].decode() for i in range(self.date_count)
        ]

    def _read_shape(self):
        at = self.dictionary_offset + self.dictionary_bytes + 7 & ~7
        section = self._map[at : at + self.shape_bytes]
        self.shape = Shape(section) if self.shape_bytes else None

    def __len__(self):
        return self.id_count

    def date(self, id_):
        """The date of an ID as the dictionary has its text, or None."""
        code = self.code(id_)
        return None if code < 0 else self.texts[code]

    def code(self, id_):
        """The date code of an ID, or -1. A number may be given as its decimal."""
        if self.shape:
            key = self.shape.key(str(id_).encode())
            return -1 if key is None else self._code_of_key(*key)
        if self.id_kind == 2:
            return self._code_of_entry(str(id_).encode())
        if isinstance(id_, str):
            try:
                number = int(id_)
            except ValueError:
                return -1
            if str(number) != id_:
                return -1
            id_ = number
        if not -(1 << 63) <= id_ < 1 << 63:
            return -1
        if self.layout == ENTRIES:
            return self._code_of_entry(struct.pack("<q", id_))
        return self._code_of_key(id_, 0)

    def _code_of_key(self, key, low):
        if self.low_key_bits == 0:
            if self.id_count == 0 or not self.first_key <= key <= self.highest_id:
                return -1
            key -= self.first_key
        if self.layout == HASHED:
            return self.buckets.find(key, low)
        index = key if self.layout == DIRECT else self._index(key)
        return index if index < 0 else self._direct(index)

    # Direct pages.

    def _direct(self, index):
        page = index >> self.page_bits
        bit = (index & (1 << self.page_bits) - 1) * self.code_bits
        at = self.data_offset + page * self.chunk_bytes + (bit >> 3)
        word = int.from_bytes(self._map[at : at + 8], "little")
        code = word >> (bit & 7) & self.absent_code
        return -1 if code == self.absent_code else self._checked(code)

    def _checked(self, code):
        if code >= self.date_count:
            raise CorruptAlmanac("a date code must be in the dictionary: code=%d" % code)
        return code

    # Blocks.

    def _index(self, key):
        """The index of the code of a key in the blocks, or -1."""
        block = self.directory.find(key >> self.block_bits, 0)
        return block if block < 0 else block << self.block_bits | key & (1 << self.block_bits) - 1

    def _walk_blocks(self):
        for block, _, number in self.directory.walk():
            for place in range(1 << self.block_bits):
                code = self._direct(number << self.block_bits | place)
                if code >= 0:
                    yield self.first_key + (block << self.block_bits | place), 0, code

    def _walk_hashed(self):
        for key, low, code in self.buckets.walk():
            yield self.first_key + key, low, code

    def _walk_direct(self):
        for index in range(self.highest_id - self.first_key + 1):
            code = self._direct(index)
            if code >= 0:
                yield self.first_key + index, 0, code

    # Entries.

    def _entry_code(self, at):
        return int.from_bytes(self._map[at : at + self.code_bits // 8], "little")

    def _code_of_entry(self, key):
        hash_ = xxh64(key)
        segment = (hash_ & 0x7FFFFFFF) % self.segment_count
        tier = self.tiers_offset + segment * self.tier_bytes
        power_of_two = self.segment_count & self.segment_count - 1 == 0
        shift = self.segment_count.bit_length() - 1 if power_of_two else 31
        key_mask = (1 << self.slot_key_bits) - 1
        slot_key = hash_ >> shift & key_mask or key_mask
        entry_key = key
        if self.id_kind == 2:
            n = len(key)
            entry_key = bytes([n] if n < 128 else [n & 127 | 128, n >> 7]) + key
        position = slot_key & self.slot_count - 1
        for _ in range(self.longest_probe):
            slot = struct.unpack_from("<I", self._map, tier + 4 * position)[0]
            if slot == 0:
                break
            if slot & key_mask == slot_key:
                at = tier + self.entry_space_offset + (slot >> self.slot_key_bits) * self.chunk_bytes
                if self._map[at : at + len(entry_key)] == entry_key:
                    return self._checked(self._entry_code(at + len(entry_key)))
            position = position + 1 & self.slot_count - 1
        return -1

    def _walk_entries(self):
        for segment in range(self.segment_count):
            header = self.segment_headers_offset + segment * self.segment_header_bytes
            at = self.tiers_offset + segment * self.tier_bytes + self.entry_space_offset
            for _ in range(struct.unpack_from("<I", self._map, header + 8)[0]):
                if self.id_kind == 1:
                    id_ = struct.unpack_from("<q", self._map, at)[0]
                    end = at + 8
                else:
                    length, start = self._map[at], at + 1
                    if length >= 128:
                        length, start = length & 127 | self._map[at + 1] << 7, at + 2
                    end = start + length
                    id_ = self._map[start:end].decode()
                yield id_, self._entry_code(end)
                size = end + self.code_bits // 8 - at
                at += -(-size // self.chunk_bytes) * self.chunk_bytes

    def __iter__(self):
        """Pairs of ID and date code, in the order of the file."""
        if self.layout == ENTRIES:
            yield from self._walk_entries()
        elif self.id_count:
            walks = {DIRECT: self._walk_direct, HASHED: self._walk_hashed, BLOCKS: self._walk_blocks}
            for key, low, code in walks[self.layout]():
                yield self.shape.text(key, low) if self.shape else key, code

    def codes(self, ids):
        """The codes of many IDs; of numbers in direct pages or blocks by NumPy, if it is there."""
        if self.layout in (DIRECT, BLOCKS) and self.id_count and not self.shape:
            try:
                return self._direct_codes(ids)
            except ImportError:
                pass
        return [self.code(id_) for id_ in ids]

    def _direct_codes(self, ids):
        import numpy

        ids = numpy.asarray(ids, dtype=numpy.int64)
        known = (ids >= self.first_key) & (ids <= self.highest_id)
        # Unsigned, because the range may be wider than the positive numbers.
        first_key = numpy.uint64(self.first_key & M64)
        key = numpy.where(known, ids, self.first_key).view(numpy.uint64) - first_key
        if self.layout == BLOCKS:
            bits = numpy.uint64(self.block_bits)
            blocks, which = numpy.unique(key >> bits, return_inverse=True)
            numbers = numpy.array(
                [self.directory.find(int(block), 0) for block in blocks], dtype=numpy.int64)[which]
            known &= numbers >= 0
            place = (key & (numpy.uint64(1) << bits) - numpy.uint64(1)).astype(numpy.int64)
            index = numpy.where(known, numbers << self.block_bits | place, 0)
        else:
            index = key.astype(numpy.int64)
        page = index >> self.page_bits
        bit = (index & (1 << self.page_bits) - 1) * self.code_bits
        at = self.data_offset + page * self.chunk_bytes + (bit >> 3)
        bytes_ = numpy.frombuffer(self._map, dtype=numpy.uint8)
        word = numpy.zeros(len(ids), dtype=numpy.int64)
        for i in range((self.code_bits + 14) // 8):
            word |= bytes_[at + i].astype(numpy.int64) << 8 * i
        codes = word >> (bit & 7) & self.absent_code
        return numpy.where(known & (codes != self.absent_code), codes, -1)


def _worker(path):
    """Reads every entry; what it came to."""
    almanac = Almanac(path)
    count = days = 0
    for _, code in almanac:
        count += 1
        days += almanac.epoch_days[code]
    return count, days


def _workers(path, count):
    children = []
    for _ in range(count):
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)
            os.write(write, ("%d IDs, days %d" % _worker(path)).encode())
            os._exit(0)
        os.close(write)
        children.append(read)
    for number, read in enumerate(children):
        with os.fdopen(read) as answer:
            print("worker %d: %s" % (number, answer.read()))
        os.wait()


def main(arguments):
    if len(arguments) >= 3 and arguments[0] == "--workers":
        _workers(arguments[2], int(arguments[1]))
        return 0
    if len(arguments) < 2 or arguments[0].startswith("--"):
        print(__doc__, file=sys.stderr)
        return 2
    almanac = Almanac(arguments[0])
    status = 0
    for id_ in arguments[1:]:
        date = almanac.date(id_)
        status = 1 if date is None else status
        print("%s\t%s" % (id_, date or ""))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
