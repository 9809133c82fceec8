#include "protocol/wire/codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "protocol/wire/field.h"

namespace odradek::protocol {
namespace {

using base::Bytes;

TEST(Codec, LeavesFieldsOfOtherVersionsOut) {
  HeartbeatRequest request{
      .group_id = "g", .generation_id = 1, .member_id = "m", .group_instance_id = "static"};
  Bytes old = Codec<HeartbeatRequest>::encode(request, 2).flatten();
  EXPECT_EQ(old, (Bytes{0, 1, 'g', 0, 0, 0, 1, 0, 1, 'm'}));
  base::Result<HeartbeatRequest> back = Codec<HeartbeatRequest>::decode(old, 2);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->group_instance_id, std::nullopt);
}

TEST(Codec, CutsTextsThatNoLengthCouldTell) {
  for (std::int16_t version : {std::int16_t{2}, std::int16_t{4}}) {
    HeartbeatRequest request{.group_id = std::string(40000, 'g'), .member_id = "m"};
    Bytes bytes = Codec<HeartbeatRequest>::encode(request, version).flatten();
    EXPECT_EQ(bytes.size(), Codec<HeartbeatRequest>::size(request, version));
    base::Result<HeartbeatRequest> back = Codec<HeartbeatRequest>::decode(bytes, version);
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(back->group_id, std::string(kMaxTextBytes, 'g'));
    EXPECT_EQ(back->member_id, "m");
  }
}

TEST(Codec, SkipsTagsItDoesNotKnow) {
  Bytes bytes = {2, 'g', 0, 0, 0, 1, 2, 'm', 0, /* tags */ 2, 3, 2, 0xaa, 0xbb, 9, 0};
  std::size_t used = 0;
  base::Result<HeartbeatRequest> request = Codec<HeartbeatRequest>::decode(bytes, 4, &used);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->member_id, "m");
  EXPECT_EQ(used, bytes.size());
}

TEST(Codec, LeavesBytesBehindTheMessageAlone) {
  Bytes bytes = {0, 1, 'g', 0, 0, 0, 1, 0, 1, 'm', 99, 99};
  std::size_t used = 0;
  ASSERT_TRUE(Codec<HeartbeatRequest>::decode(bytes, 0, &used).ok());
  EXPECT_EQ(used, bytes.size() - 2);
}

TEST(Codec, RefusesATaggedFieldWhoseSizeIsALie) {
  ApiVersionsResponse response{.finalized_features_epoch = 5};
  Bytes bytes = Codec<ApiVersionsResponse>::encode(response, 3).flatten();
  // error, no keys, throttle time, one tag: number 1 of 8 bytes.
  ASSERT_EQ(bytes[7], 1);
  ASSERT_EQ(bytes[8], 1);
  ASSERT_EQ(bytes[9], 8);
  EXPECT_TRUE(Codec<ApiVersionsResponse>::decode(bytes, 3).ok());
  bytes[9] = 7;
  EXPECT_FALSE(Codec<ApiVersionsResponse>::decode(bytes, 3).ok());
  bytes[9] = 9;
  EXPECT_FALSE(Codec<ApiVersionsResponse>::decode(bytes, 3).ok());
}

TEST(Codec, LeavesTaggedFieldsOutAtTheirDefault) {
  ApiVersionsResponse response;
  EXPECT_EQ(response.finalized_features_epoch, -1);
  EXPECT_EQ(Codec<ApiVersionsResponse>::encode(response, 3).flatten(),
            (Bytes{0, 0, 1, 0, 0, 0, 0, 0}));
}

TEST(Codec, RefusesNullWhereTheVersionHasNone) {
  Bytes bytes = {0xff, 0xff, 0, 0, 0, 1, 0, 0};
  base::Result<HeartbeatRequest> request = Codec<HeartbeatRequest>::decode(bytes, 0);
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.error().message,
            "Heartbeat version 0, field group_id at byte 2: null stands where this version allows "
            "none");
}

TEST(Codec, TellsNullArraysFromEmptyOnes) {
  Bytes null = {0xff, 0xff, 0xff, 0xff};
  Bytes empty = {0, 0, 0, 0};
  EXPECT_FALSE(Codec<MetadataRequest>::decode(null, 0).ok());
  EXPECT_EQ(Codec<MetadataRequest>::decode(null, 1)->topics, std::nullopt);
  EXPECT_TRUE(Codec<MetadataRequest>::decode(empty, 1)->topics->empty());
}

TEST(Codec, WritesNullAsEmptyWhereTheVersionHasNone) {
  MetadataRequest request{.topics = std::nullopt};
  EXPECT_EQ(Codec<MetadataRequest>::encode(request, 0).flatten(), (Bytes{0, 0, 0, 0}));
  EXPECT_EQ(Codec<MetadataRequest>::encode(request, 1).flatten(), (Bytes{0xff, 0xff, 0xff, 0xff}));
}

TEST(CodecDeathTest, DiesWhenAskedToEncodeAVersionThatDoesNotExist) {
  EXPECT_DEATH(Codec<HeartbeatRequest>::encode(HeartbeatRequest{}, 5).flatten(),
               "Heartbeat has no version 5");
}

ProduceRequest produce_request(std::span<std::uint8_t> batch) {
  ProduceRequest request{.acks = -1, .timeout_ms = 1000};
  auto& topic = request.topic_data.emplace_back();
  topic.name = "orders";
  topic.partition_data.push_back({.index = 3, .records = {.bytes = batch}});
  return request;
}

TEST(Codec, DecodesRecordsAsAViewThatCanBeWritten) {
  Bytes batch = {1, 2, 3, 4};
  Bytes frame = Codec<ProduceRequest>::encode(produce_request(batch), 9).flatten();
  base::Result<ProduceRequest> request = Codec<ProduceRequest>::decode(frame, 9);
  ASSERT_TRUE(request.ok());
  std::span<std::uint8_t> view = request->topic_data.at(0).partition_data.at(0).records.bytes;
  ASSERT_EQ(view.size(), batch.size());
  EXPECT_TRUE(view.data() > frame.data() && view.data() < frame.data() + frame.size());
  view[0] = 42;
  Bytes again = Codec<ProduceRequest>::encode(*request, 9).flatten();
  EXPECT_EQ(again, frame) << "what was written into the view stands in the frame";
}

TEST(Codec, NeverCopiesTheRecordsOfAnAnswer) {
  auto batch = std::make_shared<Bytes>(Bytes{1, 2, 3});
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  topic.topic = "orders";
  topic.partitions.push_back({.records = {.bytes = *batch, .owner = batch}});
  topic.partitions.push_back({.partition_index = 1});
  topic.partitions[1].records.rest.emplace_back(FileSlice{.position = 4096, .size_bytes = 512});
  Measure measure = Codec<FetchResponse>::measure(response, 12);
  EXPECT_EQ(measure.shared, 3u + 512u);
  Payload payload = Codec<FetchResponse>::encode(response, 12);
  EXPECT_EQ(payload.size_bytes(), measure.total);
  ASSERT_EQ(payload.parts().size(), 5u) << "bytes, records, bytes, file range, bytes";
  EXPECT_EQ(std::get<SharedBytes>(payload.parts()[1]).bytes.data(), batch->data());
  EXPECT_EQ(std::get<FileSlice>(payload.parts()[3]).position, 4096);
}

TEST(Codec, KeepsNullRecordsApartFromEmptyOnes) {
  FetchResponse response;
  response.responses.emplace_back().partitions.push_back({.records = {.null = true}});
  Bytes bytes = Codec<FetchResponse>::encode(response, 4).flatten();
  base::Result<FetchResponse> back = Codec<FetchResponse>::decode(bytes, 4);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->responses[0].partitions[0].records.null);
}

TEST(Codec, EscapesTextInJson) {
  HeartbeatRequest request{.group_id = "a\"\\\n\x01\xc3\xa4"};
  EXPECT_EQ(Codec<HeartbeatRequest>::json(request, 0),
            "{\"groupId\":\"a\\\"\\\\\\n\\u0001\xc3\xa4\",\"generationId\":0,\"memberId\":\"\"}");
}

}  // namespace
}  // namespace odradek::protocol
