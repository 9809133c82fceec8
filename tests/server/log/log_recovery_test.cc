#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "server/log/producer_snapshot.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;

std::string segment_path(const LogBench& bench, protocol::Offset base_offset, const char* suffix) {
  return bench.log_directory() + "/" + segment_file_name(base_offset, suffix);
}

void flip_byte(const std::string& path, std::int64_t position) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(position);
  char byte = static_cast<char>(file.get());
  file.seekp(position);
  file.put(static_cast<char>(byte ^ 0x40));
}

// The end offset and size of the longest run of whole batches in `size` bytes.
std::pair<protocol::Offset, std::int64_t> whole_prefix(const std::vector<base::Bytes>& batches,
                                                       std::int64_t size) {
  protocol::Offset end = 0;
  std::int64_t position = 0;
  for (const base::Bytes& batch : batches) {
    if (position + static_cast<std::int64_t>(batch.size()) > size) break;
    position += static_cast<std::int64_t>(batch.size());
    end = protocol::BatchView(batch).next_offset();
  }
  return {end, position};
}

TEST(LogRecovery, KeepsTheLongestValidPrefixAtEveryCut) {
  LogBench bench;
  bench.options.index_interval_bytes = 300;
  base::Random random(1);
  {
    auto log = bench.load();
    for (int i = 0; i < 20; ++i) {
      append(*log,
             make_batch({.records = static_cast<int>(random.between(1, 4)),
                         .value_bytes = random.below(80),
                         .timestamp_ms = 1000 + 10 * i,
                         .producer_id = 3,
                         .producer_epoch = 0,
                         .base_sequence = static_cast<std::int32_t>(log->log_end_offset())}),
             i / 5);
    }
  }
  auto batches = read_all(*bench.load(), 0);
  ASSERT_EQ(batches.size(), 20u);
  std::string copy = bench.directory.file("copy");
  fs::copy(bench.log_directory(), copy, fs::copy_options::recursive);
  auto size = static_cast<std::int64_t>(fs::file_size(segment_path(bench, 0, ".log")));
  // Every byte of the last three batches, then some of the others.
  std::int64_t dense_from = size - 3 * static_cast<std::int64_t>(batches.back().size());
  for (std::int64_t cut = size; cut >= 0; cut -= cut > dense_from ? 1 : 41) {
    if (cut % 64 == 0) {
      fs::copy(copy, bench.log_directory(),
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    } else {
      // The indexes stay as the recovery before left them.
      std::ifstream whole(copy + "/" + segment_file_name(0, ".log"), std::ios::binary);
      std::string bytes(static_cast<std::size_t>(cut), '\0');
      whole.read(bytes.data(), cut);
      std::fstream(segment_path(bench, 0, ".log"), std::ios::in | std::ios::out | std::ios::binary)
          << bytes;
    }
    fs::resize_file(segment_path(bench, 0, ".log"), static_cast<std::uintmax_t>(cut));
    auto log = bench.load();
    auto [end, position] = whole_prefix(batches, cut);
    ASSERT_EQ(log->log_end_offset(), end) << cut;
    ASSERT_EQ(log->size_bytes(), position) << cut;
    ASSERT_EQ(fs::file_size(segment_path(bench, 0, ".log")), static_cast<std::uintmax_t>(position));
    auto kept = read_all(*log, 0, 500);
    ASSERT_TRUE(std::equal(kept.begin(), kept.end(), batches.begin())) << cut;
    auto producers = log->producers();
    ASSERT_EQ(producers.size(), end > 0 ? 1u : 0u);
    if (end > 0) {
      ASSERT_EQ(producers[0].last_sequence(), end - 1);
    }
    if (end > 0) {
      ASSERT_LT(log->epochs().entries().back().start_offset, end);
    }
    // It goes on as if nothing had happened.
    if (cut % 7 == 0) {
      append(*log, make_batch({.timestamp_ms = 9999}), 9);
      auto found = log->offset_for_timestamp(9999, log->log_end_offset());
      ASSERT_TRUE(found.ok() && found->has_value());
      ASSERT_EQ((*found)->offset, end);
    }
  }
}

TEST(LogRecovery, CutsAtADamagedByteAndRemovesLaterSegments) {
  base::Random random(2);
  for (int round = 0; round < 40; ++round) {
    LogBench bench;
    bench.options.index_interval_bytes = 200;
    std::vector<base::Bytes> batches;
    {
      auto log = bench.load();
      for (int i = 0; i < 12; ++i) {
        append(*log, make_batch({.records = 2, .value_bytes = random.below(200)}));
        if (i % 4 == 3) {
          ASSERT_TRUE(log->roll().ok());
        }
      }
      batches = read_all(*log, 0);
    }
    protocol::Offset base = 8 * static_cast<protocol::Offset>(random.below(3));
    std::string path = segment_path(bench, base, ".log");
    auto position = static_cast<std::int64_t>(random.below(fs::file_size(path)));
    // Offset and leader epoch of a batch lie outside of its checksum.
    std::int64_t start = 0;
    std::size_t number = static_cast<std::size_t>(base / 2);
    while (start + static_cast<std::int64_t>(batches[number].size()) <= position) {
      start += static_cast<std::int64_t>(batches[number++].size());
    }
    std::int64_t within = position - start;
    if (within < 8 || (within >= 12 && within < 16)) continue;
    flip_byte(path, position);
    auto log = bench.load();
    ASSERT_EQ(log->log_end_offset(), static_cast<protocol::Offset>(number) * 2) << round;
    batches.resize(number);
    ASSERT_EQ(read_all(*log, 0), batches);
  }
}

TEST(LogRecovery, ChecksOnlyFromTheRecoveryPointOn) {
  LogBench bench;
  bench.options.index_interval_bytes = 100;
  {
    auto log = bench.load();
    for (int i = 0; i < 20; ++i) append(*log, make_batch());
    ASSERT_TRUE(log->flush().ok());
    for (int i = 0; i < 5; ++i) append(*log, make_batch());
  }
  flip_byte(segment_path(bench, 0, ".log"), 200);  // not looked at: it is below
  auto log = bench.load({.recovery_point = 20});
  EXPECT_EQ(log->log_end_offset(), 25);
  log.reset();
  log = bench.load({.recovery_point = 0});
  EXPECT_EQ(log->log_end_offset(), 1);
}

TEST(LogRecovery, IgnoresIndexesThatDoNotFit) {
  base::Random random(3);
  for (int round = 0; round < 40; ++round) {
    LogBench bench;
    bench.options.index_interval_bytes = 150;
    protocol::Offset flushed = 0;
    {
      auto log = bench.load();
      for (int i = 0; i < 30; ++i) append(*log, make_batch({.timestamp_ms = 1000 + i}));
      ASSERT_TRUE(log->flush().ok());
      flushed = log->recovery_point();
    }
    for (const char* suffix : {".index", ".timeindex"}) {
      std::string path = segment_path(bench, 0, suffix);
      switch (random.below(4)) {
        case 0:
          fs::remove(path);
          break;
        case 1:
          fs::resize_file(path, random.below(fs::file_size(path)));
          break;
        case 2:
          fs::resize_file(path, fs::file_size(path) + 1200);  // as the JVM's, zeros
          break;
        default:
          flip_byte(path, static_cast<std::int64_t>(random.below(fs::file_size(path))));
          break;
      }
    }
    auto log = bench.load({.recovery_point = static_cast<protocol::Offset>(random.below(2)) *
                                             static_cast<protocol::Offset>(flushed)});
    ASSERT_EQ(log->log_end_offset(), 30) << round;
    for (protocol::Offset offset = 0; offset < 30; ++offset) {
      auto info = log->read({.start_offset = offset, .max_bytes = 1, .upper_bound = 30});
      ASSERT_TRUE(info.ok());
      ASSERT_EQ(protocol::BatchView(bytes_of(info->slice)).base_offset(), offset) << round;
    }
  }
}

TEST(LogRecovery, FindsTheEndWhereAnIndexLeadsToIt) {
  LogBench bench;
  bench.options.index_interval_bytes = 150;
  {
    auto log = bench.load();
    for (int i = 0; i < 12; ++i) append(*log, make_batch());
    ASSERT_TRUE(log->close().ok());
  }
  OffsetPosition last;
  {
    FileCache files(4);
    OffsetIndex index(files, segment_path(bench, 0, ".index"), 0);
    last = **index.last();
  }
  // As if the batch of the last entry, and what follows, had never reached the disk.
  fs::resize_file(segment_path(bench, 0, ".log"), static_cast<std::uintmax_t>(last.position));
  EXPECT_EQ(bench.load_clean()->log_end_offset(), last.offset);
}

TEST(LogRecovery, ReadsEpochsFromTheLogWhenTheirFileNeverReachedTheDisk) {
  LogBench bench;
  {
    auto log = bench.load();
    for (int i = 0; i < 6; ++i) append(*log, make_batch(), i / 2);
    ASSERT_TRUE(log->flush().ok());
  }
  std::ofstream(bench.log_directory() + "/leader-epoch-checkpoint", std::ios::trunc).close();
  std::vector<EpochEntry> epochs{{0, 0}, {1, 2}, {2, 4}};
  EXPECT_EQ(bench.load({.recovery_point = 6})->epochs().entries(), epochs);
  EXPECT_EQ(bench.load({.recovery_point = 6})->epochs().entries(), epochs) << "it is written";
}

TEST(LogRecovery, OpensWhateverNumbersAnIndexHolds) {
  constexpr int kBatches = 12;
  LogBench bench;
  bench.options.index_interval_bytes = 150;
  {
    auto log = bench.load();
    for (int i = 0; i < kBatches; ++i) {
      append(*log, make_batch({.timestamp_ms = 1000 + i,
                               .producer_id = 3,
                               .producer_epoch = 0,
                               .base_sequence = i}));
    }
    ASSERT_TRUE(log->close().ok());
  }
  std::string copy = bench.directory.file("copy");
  fs::copy(bench.log_directory(), copy, fs::copy_options::recursive);
  for (const char* suffix : {".index", ".timeindex"}) {
    std::string path = segment_path(bench, 0, suffix);
    auto size = static_cast<std::int64_t>(fs::file_size(path));
    // The signs of all numbers, and whether the snapshot of the producers is there.
    for (std::int64_t at = 0; at < 4 * size; at += 4) {
      fs::remove_all(bench.log_directory());
      fs::copy(copy, bench.log_directory(), fs::copy_options::recursive);
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(at % size);
      file.put('\xff');
      file.close();
      if (at >= 2 * size) fs::remove(segment_path(bench, kBatches, ".snapshot"));
      bool clean = at / size % 2 == 0;
      auto log = bench.load({.clean_shutdown = clean, .recovery_point = clean ? kBatches : at % 7});
      ASSERT_EQ(log->log_end_offset(), kBatches) << suffix << " at " << at;
      ASSERT_EQ(read_all(*log, 0).size(), kBatches) << suffix << " at " << at;
      ASSERT_EQ(log->producers().size(), 1u) << suffix << " at " << at;
      ASSERT_EQ(log->producers()[0].last_sequence(), kBatches - 1) << suffix << " at " << at;
    }
  }
}

TEST(LogRecovery, ReadsNothingAfterACleanStopButTheTail) {
  LogBench bench;
  {
    auto log = bench.load();
    for (int i = 0; i < 10; ++i) append(*log, make_batch({.timestamp_ms = 1000 + i}), 4);
    ASSERT_TRUE(log->close().ok());
  }
  flip_byte(segment_path(bench, 0, ".log"), 100);  // a scan would cut here
  auto log = bench.load_clean();
  EXPECT_EQ(log->log_end_offset(), 10);
  EXPECT_EQ(log->recovery_point(), 10);
  EXPECT_EQ(log->latest_epoch(), 4);
}

TEST(LogRecovery, CutsATornTailEvenAfterACleanStop) {
  LogBench bench;
  {
    auto log = bench.load();
    for (int i = 0; i < 10; ++i) append(*log, make_batch());
    ASSERT_TRUE(log->close().ok());
  }
  std::string path = segment_path(bench, 0, ".log");
  fs::resize_file(path, fs::file_size(path) - 3);
  EXPECT_EQ(bench.load_clean()->log_end_offset(), 9);
}

// A segment of offsets 0, 1 and 2 with a damaged header of the second, one of 3 to 5, after a clean
// stop, which has nothing checked.
std::unique_ptr<Log> load_with_damaged_header(LogBench& bench, const LoadSpec& spec) {
  {
    auto log = bench.load();
    for (int i = 0; i < 6; ++i) {
      if (i == 3) CHECK(log->roll().ok());
      append(*log, make_batch());
    }
    CHECK(log->flush().ok());
    CHECK(log->close().ok());
  }
  auto size = static_cast<std::int64_t>(make_batch().size());
  flip_byte(segment_path(bench, 0, ".log"), size + 16);  // its magic
  return bench.load(spec);
}

TEST(LogRecovery, TellsReadersOfADamagedHeaderInsteadOfGoingOnBehindIt) {
  LogBench bench;
  auto log = load_with_damaged_header(bench, {.clean_shutdown = true});
  auto read = [&](protocol::Offset offset) {
    return log->read({.start_offset = offset, .max_bytes = 1, .upper_bound = 6});
  };
  EXPECT_EQ(read(0)->first.position, 0);
  for (protocol::Offset offset : {1, 2}) {
    auto refused = read(offset);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(protocol::code_of(refused.error()), protocol::ErrorCode::kCorruptMessage);
    auto size = static_cast<std::int64_t>(make_batch().size());
    EXPECT_EQ(refused.error().message, segment_path(bench, 0, ".log") +
                                           ": no batch begins at byte " + std::to_string(size) +
                                           ", which should hold one");
  }
  EXPECT_EQ(read(3)->first.segment_base_offset, 3);
  EXPECT_TRUE(bench.dir.online());
}

TEST(LogRecovery, OpensAndTruncatesALogWithADamagedHeader) {
  for (protocol::Offset start : {0, 2}) {
    LogBench bench;
    load_with_damaged_header(bench, {.clean_shutdown = true});
    ASSERT_TRUE(remove_producer_snapshots(bench.log_directory(), 0, 100).ok());
    auto log = bench.load({.clean_shutdown = true, .log_start_offset = start});
    EXPECT_EQ(log->log_end_offset(), 6);
    ASSERT_TRUE(*log->truncate_to(5));
    EXPECT_EQ(log->log_end_offset(), 5);
    // Inside of what cannot be read nothing tells where to cut but its beginning.
    ASSERT_TRUE(*log->truncate_to(2));
    EXPECT_EQ(log->log_end_offset(), 1);
    EXPECT_EQ(log->size_bytes(), static_cast<std::int64_t>(make_batch().size()));
    append(*log, make_batch({.fill = 'y'}));
    EXPECT_EQ(read_all(*log, log->log_start_offset()).size(), start == 0 ? 2u : 1u);
    EXPECT_TRUE(bench.dir.online());
  }
}

TEST(LogRecovery, ForgetsTheTimesOfWhatItCutsOff) {
  LogBench bench;
  append(*bench.load(), make_batch({.timestamp_ms = 2'000'000'000'000}));
  auto size = static_cast<std::int64_t>(fs::file_size(segment_path(bench, 0, ".log")));
  flip_byte(segment_path(bench, 0, ".log"), size - 1);
  auto log = bench.load();
  ASSERT_EQ(log->log_end_offset(), 0);
  append(*log, make_batch({.timestamp_ms = 1000}));
  auto newest = log->offset_for_timestamp(kMaxTimestamp, 1);
  ASSERT_TRUE(newest.ok() && newest->has_value());
  EXPECT_EQ((*newest)->timestamp_ms, 1000);
  EXPECT_EQ(*log->segments().first()->first_timestamp_ms(), 1000);
}

TEST(LogRecovery, RemovesLeftoversAndTakesOverSwaps) {
  LogBench bench;
  {
    auto log = bench.load();
    for (int i = 0; i < 3; ++i) {
      append(*log, make_batch({.records = 2}));
      ASSERT_TRUE(log->roll().ok());
    }
    append(*log, make_batch({.records = 2}));
  }
  auto at = [&](const std::string& name) { return bench.log_directory() + "/" + name; };
  // The first two segments became one that holds what the second had.
  fs::copy_file(segment_path(bench, 2, ".log"), segment_path(bench, 0, ".log.swap"));
  std::ofstream(at("00000000000000000000.index.swap")) << "x";
  std::ofstream(at("00000000000000000099.log.deleted")) << "x";
  std::ofstream(at("00000000000000000050.log.cleaned")) << "x";
  std::ofstream(at("00000000000000000050.log.swap")) << "x";
  std::ofstream(at("00000000000000000077.index")) << "x";
  auto log = bench.load();
  EXPECT_EQ(log->segment_count(), 3u);
  auto batches = read_all(*log, 0);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(protocol::BatchView(batches[0]).base_offset(), 2);
  EXPECT_EQ(log->log_end_offset(), 8);
  for (const auto& entry : fs::directory_iterator(bench.log_directory())) {
    std::string name = entry.path().filename();
    EXPECT_FALSE(name.ends_with(".swap") || name.ends_with(".deleted") ||
                 name.ends_with(".cleaned") || name.starts_with("00000000000000000077"))
        << name;
  }
}

TEST(LogRecovery, ReadsBrokenEpochsFromTheLog) {
  LogBench bench;
  {
    auto log = bench.load();
    for (int i = 0; i < 6; ++i) append(*log, make_batch(), i / 2);
    ASSERT_TRUE(log->close().ok());
  }
  std::ofstream(bench.log_directory() + "/leader-epoch-checkpoint") << "garbage";
  EXPECT_EQ(bench.load_clean()->epochs().entries(),
            (std::vector<EpochEntry>{{0, 0}, {1, 2}, {2, 4}}));
}

TEST(LogRecovery, KeepsTheNewestProducerSnapshotAndThoseOfSegments) {
  LogBench bench;
  int sequence = 0;
  auto some = [&] {
    return make_batch({.producer_id = 1, .producer_epoch = 0, .base_sequence = sequence++});
  };
  for (int stop = 0; stop < 4; ++stop) {
    auto log = bench.load_clean();
    append(*log, some());
    if (stop == 1) {
      ASSERT_TRUE(log->roll().ok());
    }
    append(*log, some());
    ASSERT_TRUE(log->close().ok());
  }
  auto log = bench.load_clean();
  EXPECT_EQ(*list_producer_snapshots(bench.log_directory()), (std::vector<protocol::Offset>{3, 8}));
  EXPECT_EQ(log->producers()[0].last_sequence(), 7);
  // A damaged one is not believed.
  log.reset();
  flip_byte(producer_snapshot_path(bench.log_directory(), 8), 12);
  EXPECT_EQ(bench.load_clean()->producers()[0].last_sequence(), 7);
}

TEST(LogRecovery, GoesOnAtTheLogStartWhenTheLogEndsBelowIt) {
  LogBench bench;
  append(*bench.load(), make_batch({.records = 5}));
  auto log = bench.load({.log_start_offset = 40});
  EXPECT_EQ(log->log_start_offset(), 40);
  EXPECT_EQ(log->log_end_offset(), 40);
  EXPECT_EQ(append(*log, make_batch()).first_offset, 40);
}

}  // namespace
}  // namespace odradek::log
