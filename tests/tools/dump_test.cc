#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "base/file.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/control_record.h"
#include "tests/support/temporary_directory.h"
#include "tools/index_dump.h"
#include "tools/log_dump.h"

namespace odradek::tools {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// What was printed, as text.
class Output {
 public:
  Output() : file_(std::tmpfile()) {}
  std::FILE* file() const { return file_.get(); }
  std::string text() const {
    std::string content(static_cast<std::size_t>(std::ftell(file_.get())), '\0');
    std::rewind(file_.get());
    EXPECT_EQ(std::fread(content.data(), 1, content.size(), file_.get()), content.size());
    return content;
  }

 private:
  std::unique_ptr<std::FILE, CloseFile> file_;
};

class DumpTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const base::Bytes& bytes) {
    std::string path = directory_.path() + "/" + name;
    EXPECT_TRUE(base::write_file_atomically(path, base::as_text(bytes)).ok());
    return path;
  }

  static base::Bytes batch(protocol::Offset offset, std::int64_t timestamp) {
    protocol::BatchBuilder builder({.base_offset = offset, .partition_leader_epoch = 4});
    std::vector<protocol::RecordHeader> headers{{"h", std::nullopt}};
    builder.append(timestamp, base::as_bytes("k"), base::as_bytes("value"), headers);
    builder.append(timestamp + 1, std::nullopt, std::nullopt);
    return *builder.build();
  }

  static LogDumpOptions deep() {
    return {.deep = true,
            .print_content = true,
            .decoder = *class_decoder("StringDecoder", "StringDecoder")};
  }

  static base::Bytes joined(base::Bytes left, const base::Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  }

  odradek::testing::TemporaryDirectory directory_;
  Output out_;
};

TEST_F(DumpTest, PrintsBatchesAndRecordsAsUpstream) {
  base::Bytes bytes = batch(10, 1000);
  std::string crc = std::to_string(protocol::BatchView(bytes).crc());
  std::string size = std::to_string(bytes.size());
  LogDump dump(deep(), out_.file());
  ASSERT_TRUE(dump.dump(write("00000000000000000010.log", bytes)).ok());
  EXPECT_EQ(out_.text(),
            "Log starting offset: 10\n"
            "baseOffset: 10 lastOffset: 11 count: 2 baseSequence: -1 lastSequence: -1 producerId: "
            "-1 producerEpoch: -1 partitionLeaderEpoch: 4 isTransactional: false isControl: false "
            "deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1001 size: " +
                size + " magic: 2 compresscodec: none crc: " + crc +
                " isvalid: true\n"
                "| offset: 10 CreateTime: 1000 keySize: 1 valueSize: 5 sequence: -1 headerKeys: "
                "[h] key: k payload: value\n"
                "| offset: 11 CreateTime: 1001 keySize: -1 valueSize: -1 sequence: -1 headerKeys: "
                "[]\n");
  EXPECT_TRUE(dump.gaps().empty());
}

TEST_F(DumpTest, PrintsMarkersOfTransactions) {
  base::Bytes bytes = protocol::end_transaction_batch(
      {.type = protocol::ControlRecordType::kCommit, .coordinator_epoch = 6}, 7, 1, 1000);
  LogDump dump(deep(), out_.file());
  ASSERT_TRUE(dump.dump(write("00000000000000000000.log", bytes)).ok());
  std::string text = out_.text();
  EXPECT_NE(text.find("isTransactional: true isControl: true"), std::string::npos);
  EXPECT_NE(text.find("headerKeys: [] endTxnMarker: COMMIT coordinatorEpoch: 6\n"),
            std::string::npos);
}

TEST_F(DumpTest, TellsGapsAndBytesThatAreNoBatch) {
  base::Bytes bytes = joined(batch(0, 1), batch(5, 2));
  bytes = joined(std::move(bytes), batch(7, 3));
  bytes.resize(bytes.size() - 5);
  std::string torn = std::to_string(batch(7, 3).size() - 5);
  LogDump dump(deep(), out_.file());
  std::string path = write("00000000000000000000.log", bytes);
  ASSERT_TRUE(dump.dump(path).ok());
  ASSERT_EQ(dump.gaps().size(), 1u);
  EXPECT_EQ(dump.gaps().at(path), (NumberPairs{{1, 5}}));
  EXPECT_NE(
      out_.text().find("Found " + torn + " invalid bytes at the end of 00000000000000000000.log\n"),
      std::string::npos);
}

TEST_F(DumpTest, NamesThePositionOfWhatIsNoBatch) {
  base::Bytes bytes = batch(0, 1);
  std::string position = std::to_string(bytes.size());
  bytes.resize(bytes.size() + 100);
  LogDump dump({}, out_.file());
  base::Status dumped = dump.dump(write("00000000000000000000.log", bytes));
  ASSERT_FALSE(dumped.ok());
  EXPECT_EQ(dumped.error().message.find("At position " + position + ": "), 0u);
}

TEST_F(DumpTest, NamesTheBatchWhoseRecordsAreBroken) {
  base::Bytes bytes = batch(0, 1);
  bytes[protocol::batch_layout::kBatchOverhead] = 0x7f;  // the first record's size
  LogDump dump(deep(), out_.file());
  base::Status dumped = dump.dump(write("00000000000000000000.log", bytes));
  ASSERT_FALSE(dumped.ok());
  EXPECT_EQ(dumped.error().message.find("In the batch at position 0: "), 0u);
}

TEST_F(DumpTest, ReplacesWhatIsNoUtf8) {
  protocol::BatchBuilder builder({.base_offset = 0});
  builder.append(1, base::as_bytes("k\xff"), base::as_bytes("\xc3\xa9\x80"));
  LogDump dump(deep(), out_.file());
  ASSERT_TRUE(dump.dump(write("00000000000000000000.log", *builder.build())).ok());
  EXPECT_NE(out_.text().find(" key: k\xef\xbf\xbd payload: \xc3\xa9\xef\xbf\xbd\n"),
            std::string::npos);
}

TEST_F(DumpTest, TellsOfTheDecodersOldNames) {
  EXPECT_EQ(deprecation_of("kafka.serializer.LongDecoder"),
            "kafka.serializer.LongDecoder is deprecated. Please use "
            "org.apache.kafka.tools.api.LongDecoder instead");
  EXPECT_FALSE(deprecation_of("org.apache.kafka.tools.api.LongDecoder"));
  EXPECT_FALSE(deprecation_of("kafka.serializer.Other"));
}

TEST_F(DumpTest, RefusesIndexEntriesThatPointToNoBatch) {
  write("00000000000000000000.log", batch(0, 100));
  std::string outside = write("00000000000000000000.index", {0, 0, 0, 1, 0, 1, 0, 0});
  base::Status dumped = IndexDump({}, out_.file()).dump_offset_index(outside);
  ASSERT_FALSE(dumped.ok());
  EXPECT_NE(dumped.error().message.find("Position 65536 is outside"), std::string::npos);
  std::string right = write("00000000000000000000.index", {0, 0, 0, 1, 0, 0, 0, 0});
  EXPECT_TRUE(IndexDump({}, out_.file()).dump_offset_index(right).ok());
  EXPECT_FALSE(IndexDump({.max_message_size = 70}, out_.file()).dump_offset_index(right).ok());
}

TEST_F(DumpTest, SeesABrokenChecksum) {
  base::Bytes bytes = batch(0, 1);
  bytes.back() ^= 1;
  LogDump dump({}, out_.file());
  ASSERT_TRUE(dump.dump(write("00000000000000000000.log", bytes)).ok());
  EXPECT_NE(out_.text().find("isvalid: false"), std::string::npos);
}

TEST_F(DumpTest, ComparesIndexesWithTheLog) {
  base::Bytes first = batch(0, 100);
  auto position = static_cast<std::uint8_t>(first.size());
  write("00000000000000000000.log", joined(first, batch(2, 200)));
  // Offset 3 at the second batch, which is right; then offset 9, which is not.
  std::string index = write("00000000000000000000.index",
                            {0, 0, 0, 3, 0, 0, 0, position, 0, 0, 0, 9, 0, 0, 0, position});
  // Timestamp 201 for offset 3, then one that is lower.
  std::string times =
      write("00000000000000000000.timeindex",
            {0, 0, 0, 0, 0, 0, 0, 201, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 3});
  IndexDump dump({}, out_.file());
  ASSERT_TRUE(dump.dump_offset_index(index).ok());
  ASSERT_TRUE(dump.dump_time_index(times).ok());
  std::string at = std::to_string(position);
  EXPECT_EQ(out_.text(), "offset: 3 position: " + at + "\noffset: 9 position: " + at +
                             "\ntimestamp: 201 offset: 3\ntimestamp: 7 offset: 3\n");
  EXPECT_EQ(dump.mismatches().offsets.at(index), (NumberPairs{{9, 3}}));
  EXPECT_EQ(dump.mismatches().timestamps.at(times), (NumberPairs{{7, 201}}));
  EXPECT_EQ(dump.mismatches().timestamp_order.at(times), (NumberPairs{{7, 201}}));
}

TEST_F(DumpTest, ChecksTheSanityOfIndexes) {
  std::string good = write("00000000000000000005.index", {0, 0, 0, 3, 0, 0, 0, 0});
  std::string bad = write("00000000000000000006.index", {255, 255, 255, 255, 0, 0, 0, 0});
  std::string cut = write("00000000000000000007.index", {0, 0, 0, 1, 0, 0, 0, 0, 1});
  IndexDump dump({.sanity_only = true}, out_.file());
  EXPECT_TRUE(dump.dump_offset_index(good).ok());
  EXPECT_FALSE(dump.dump_offset_index(bad).ok());
  EXPECT_FALSE(dump.dump_offset_index(cut).ok());
  EXPECT_EQ(out_.text(), good + " passed sanity check.\n");
}

TEST_F(DumpTest, PrintsAbortedTransactions) {
  base::Bytes entry(34);
  entry[9] = 1;
  entry[17] = 2;
  entry[25] = 3;
  entry[33] = 4;
  IndexDump dump({}, out_.file());
  ASSERT_TRUE(dump.dump_transaction_index(write("00000000000000000000.txnindex", entry)).ok());
  EXPECT_EQ(out_.text(),
            "version: 0 producerId: 1 firstOffset: 2 lastOffset: 3 lastStableOffset: 4\n");
  entry[0] = 1;
  EXPECT_FALSE(dump.dump_transaction_index(write("00000000000000000000.txnindex", entry)).ok());
}

TEST_F(DumpTest, PrintsNothingOfBrokenSnapshots) {
  base::Bytes many{0, 1, 0, 0, 0, 0, 127, 255, 255, 255};  // states far more producers than it has
  IndexDump dump({}, out_.file());
  EXPECT_TRUE(dump.dump_producer_snapshot(write("1.snapshot", many)).ok());
  EXPECT_TRUE(dump.dump_producer_snapshot(write("2.snapshot", {0, 1, 0})).ok());
  EXPECT_TRUE(
      dump.dump_producer_snapshot(write("3.snapshot", {0, 1, 0, 0, 0, 0, 0, 0, 0, 0})).ok());
  EXPECT_EQ(out_.text(), "");
}

}  // namespace
}  // namespace odradek::tools
