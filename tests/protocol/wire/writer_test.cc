#include "protocol/wire/writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <variant>

#include "base/bytes.h"

namespace odradek::protocol {
namespace {

using base::Bytes;

TEST(Writer, FillsOneBufferInOrder) {
  Writer writer(1 + 2 + 4 + 8 + 2);
  writer.int8(-1);
  writer.int16(0x0102);
  writer.int32(3);
  writer.int64(-2);
  writer.unsigned_varint(300);
  Payload payload = std::move(writer).finish();
  EXPECT_EQ(payload.parts().size(), 1u);
  EXPECT_EQ(payload.flatten(), (Bytes{0xff, 1, 2, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xfe, 0xac, 0x02}));
}

TEST(Writer, KnowsTheSizeOfVariableLengthNumbers) {
  for (std::uint64_t value : {0ull, 127ull, 128ull, 16383ull, 16384ull, 2097151ull, 2097152ull,
                              268435455ull, 268435456ull, 4294967295ull}) {
    auto number = static_cast<std::uint32_t>(value);
    Writer writer(Writer::size_of_varint(number));
    writer.unsigned_varint(number);
    EXPECT_EQ(std::move(writer).finish().size_bytes(), Writer::size_of_varint(number)) << value;
  }
}

TEST(WriterDeathTest, DiesWhenMoreIsWrittenThanMeasured) {
  Writer writer(3);
  EXPECT_DEATH(writer.int32(1), "where 3 were measured");
}

TEST(WriterDeathTest, DiesWhenLessIsWrittenThanMeasured) {
  Writer writer(3);
  writer.int16(1);
  EXPECT_DEATH(std::move(writer).finish(), "1 bytes fewer than measured");
}

TEST(Writer, CopiesRecordsThatNobodyOwns) {
  Bytes batch = {1, 2, 3};
  Writer writer(4);
  writer.int8(9);
  writer.records({.bytes = batch});
  Payload payload = std::move(writer).finish();
  batch[0] = 7;
  EXPECT_EQ(payload.parts().size(), 1u);
  EXPECT_EQ(payload.flatten(), (Bytes{9, 1, 2, 3}));
}

TEST(Writer, PointsToRecordsThatSomebodyOwns) {
  auto batch = std::make_shared<Bytes>(Bytes{1, 2, 3});
  const std::uint8_t* address = batch->data();
  Records records{.bytes = *batch, .owner = batch};
  batch.reset();
  Writer writer(2);
  writer.int8(8);
  writer.records(records);
  writer.int8(9);
  records = {};
  Payload payload = std::move(writer).finish();
  ASSERT_EQ(payload.parts().size(), 3u);
  EXPECT_EQ(std::get<SharedBytes>(payload.parts()[1]).bytes.data(), address);
  EXPECT_EQ(payload.flatten(), (Bytes{8, 1, 2, 3, 9}));
}

TEST(Writer, CutsThePayloadAtFileRanges) {
  Bytes head = {5};
  Records records{.bytes = head};
  records.rest.emplace_back(FileSlice{.file = nullptr, .position = 100, .size_bytes = 40});
  records.rest.emplace_back(FileSlice{.file = nullptr, .position = 900, .size_bytes = 0});
  EXPECT_EQ(records.size_bytes(), 41u);
  Writer writer(4);
  writer.int8(1);
  writer.records(records);
  writer.int16(2);
  Payload payload = std::move(writer).finish();
  EXPECT_EQ(payload.size_bytes(), 44u);
  ASSERT_EQ(payload.parts().size(), 4u) << "an empty range is no part";
  EXPECT_EQ(std::get<SharedBytes>(payload.parts()[1]).bytes[0], 5);
  EXPECT_EQ(std::get<FileSlice>(payload.parts()[2]).position, 100);
  EXPECT_EQ(std::get<SharedBytes>(payload.parts()[3]).bytes.size(), 2u);
}

TEST(Payload, KeepsItsBytesAliveWhenCopied) {
  Payload copy;
  {
    Payload payload(Bytes{1, 2});
    copy = payload;
  }
  EXPECT_EQ(copy.flatten(), (Bytes{1, 2}));
  EXPECT_TRUE(Payload().empty());
  EXPECT_TRUE(Payload(Bytes{}).empty());
}

}  // namespace
}  // namespace odradek::protocol
