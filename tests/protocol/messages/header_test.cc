#include "protocol/messages/header.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/controlled_shutdown.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/sasl_handshake.h"

namespace odradek::protocol {
namespace {

using base::Bytes;

// Without the length in front, as a connection hands it on.
Bytes frame_of(const Payload& payload) {
  Bytes bytes = payload.flatten();
  std::size_t length =
      static_cast<std::size_t>(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
  EXPECT_EQ(length, bytes.size() - 4);
  return {bytes.begin() + 4, bytes.end()};
}

TEST(RequestHeader, ComesBackWithTheOffsetOfTheBody) {
  HeartbeatRequest request{.group_id = "g", .generation_id = 5, .member_id = "m"};
  for (std::int16_t version = 0; version <= HeartbeatRequest::kApi.max; ++version) {
    Bytes frame = frame_of(encode_request(request, version, 77, "me"));
    base::Result<DecodedHeader> decoded = decode_request_header(frame);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(decoded->header.api_key, 12);
    EXPECT_EQ(decoded->header.api_version, version);
    EXPECT_EQ(decoded->header.correlation_id, 77);
    EXPECT_EQ(decoded->header.client_id, "me");
    base::Result<HeartbeatRequest> body =
        Codec<HeartbeatRequest>::decode(std::span(frame).subspan(decoded->body_offset), version);
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(body->generation_id, 5);
  }
}

TEST(RequestHeader, KeepsTheOldStyleClientIdInFlexibleVersions) {
  Bytes frame = frame_of(encode_request(HeartbeatRequest{}, 4, 1, "ab"));
  EXPECT_EQ(Bytes(frame.begin(), frame.begin() + 13),
            (Bytes{0, 12, 0, 4, 0, 0, 0, 1, 0, 2, 'a', 'b', 0}));
}

TEST(RequestHeader, SkipsTagsOfTheHeader) {
  Bytes frame = {0, 12, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 1, 4, 2, 0xaa, 0xbb, 42};
  base::Result<DecodedHeader> decoded = decode_request_header(frame);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->body_offset, frame.size() - 1);
  EXPECT_EQ(decoded->header.client_id, "") << "null counts as empty";
}

TEST(RequestHeader, HasNoClientIdInControlledShutdownVersionZero) {
  EXPECT_EQ(request_header_version(ControlledShutdownRequest::kApi, 0), 0);
  EXPECT_EQ(request_header_version(ControlledShutdownRequest::kApi, 1), 1);
  EXPECT_EQ(request_header_version(ControlledShutdownRequest::kApi, 3), 2);
  Bytes frame = frame_of(encode_request(ControlledShutdownRequest{.broker_id = 3}, 0, 9, "unsaid"));
  EXPECT_EQ(frame, (Bytes{0, 7, 0, 0, 0, 0, 0, 9, 0, 0, 0, 3}));
}

TEST(RequestHeader, IsAnErrorForAKeyNobodyKnows) {
  Bytes frame = {0, 52, 0, 0, 0, 0, 0, 1, 0, 0};  // Vote, which only KRaft has
  EXPECT_FALSE(decode_request_header(frame).ok());
  frame[1] = 200;
  EXPECT_FALSE(decode_request_header(frame).ok());
}

TEST(RequestHeader, IsReadForAVersionFromTheFuture) {
  Bytes frame = {0, 18, 0, 99, 0, 0, 0, 7, 0, 1, 'c', 0, 1, 2, 3};
  base::Result<DecodedHeader> decoded = decode_request_header(frame);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->header.api_version, 99);
  EXPECT_EQ(decoded->header.correlation_id, 7);
}

TEST(RequestHeader, IsAnErrorWhereverItIsCutShort) {
  Bytes whole = {0, 12, 0, 4, 0, 0, 0, 1, 0, 2, 'a', 'b', 0};
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(decode_request_header(cut).ok()) << length;
  }
}

TEST(ResponseHeader, IsAlwaysTheOldOneForApiVersions) {
  EXPECT_EQ(response_header_version(ApiVersionsResponse::kApi, 3), 0);
  EXPECT_EQ(response_header_version(HeartbeatResponse::kApi, 4), 1);
  EXPECT_EQ(response_header_version(HeartbeatResponse::kApi, 3), 0);
  EXPECT_EQ(response_header_version(SaslHandshakeResponse::kApi, 1), 0);
  Bytes frame = frame_of(encode_response(ApiVersionsResponse{}, 3, 7));
  EXPECT_EQ(frame, (Bytes{0, 0, 0, 7, 0, 0, 1, 0, 0, 0, 0, 0}));
}

TEST(ResponseHeader, IsTakenOffTheAnswer) {
  HeartbeatResponse response{.error_code = ErrorCode::kRebalanceInProgress};
  for (std::int16_t version : {0, 4}) {
    Bytes frame = frame_of(encode_response(response, version, 31));
    base::Result<HeartbeatResponse> back = decode_response<HeartbeatResponse>(frame, version, 31);
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(back->error_code, ErrorCode::kRebalanceInProgress);
    EXPECT_TRUE(decode_response<HeartbeatResponse>(frame, version).ok());
    EXPECT_FALSE(decode_response<HeartbeatResponse>(frame, version, 32).ok());
  }
}

}  // namespace
}  // namespace odradek::protocol
