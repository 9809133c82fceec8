#include "server/api/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/header.h"
#include "server/api/api_table.h"
#include "tests/server/network/server_fixture.h"

namespace odradek::api {
namespace {

using network::big_endian16;
using network::big_endian32;
using network::frame_of;
using network::request_frame;
using network::TestClient;
using protocol::ApiVersionsResponse;
using ::testing::ElementsAre;
using ::testing::EndsWith;

// The lines that say why connections were closed.
class ClosingLines : public google::LogSink {
 public:
  ClosingLines() { google::AddLogSink(this); }
  ~ClosingLines() override { google::RemoveLogSink(this); }

  void send(google::LogSeverity severity, const char*, const char*, int, const std::tm*,
            const char* message, std::size_t length) override {
    if (severity < google::GLOG_WARNING) return;
    base::MutexLock lock(mutex_);
    lines_.emplace_back(message, length);
  }
  std::vector<std::string> lines() {
    base::MutexLock lock(mutex_);
    return lines_;
  }

 private:
  base::Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
};

// A socket server in front of the real table. No handler that these tests reach looks at its
// services, so that they need not exist.
class DispatcherTest : public network::ServerFixture {
 protected:
  DispatcherTest() {
    options_.listeners.push_back({.name = "SECOND", .host = "127.0.0.1", .network_threads = 1});
  }
  ~DispatcherTest() override { stop(); }

  void start_dispatcher() {
    server_ = std::make_unique<network::SocketServer>(options_, dispatcher_);
    base::Status bound = server_->bind();
    ASSERT_TRUE(bound) << bound.error().message;
    server_->start_processing();
  }

 private:
  alignas(Services) std::array<std::byte, sizeof(Services)> no_services_;
  Dispatcher dispatcher_{reinterpret_cast<Services&>(no_services_)};
};

constexpr std::int16_t kApiVersionsKey = 18;

// The answer to ApiVersions, read as `version`.
std::optional<ApiVersionsResponse> receive_versions(TestClient& client, std::int16_t version) {
  std::optional<std::string> frame = client.receive_frame();
  if (!frame.has_value()) return std::nullopt;
  base::Bytes bytes = base::to_bytes(*frame);
  base::Result<ApiVersionsResponse> response =
      protocol::decode_response<ApiVersionsResponse>(bytes, version, 1);
  if (!response) return std::nullopt;
  return std::move(*response);
}

TEST_F(DispatcherTest, AdvertisesOnEveryListenerWhatItsTableServesAndNothingElse) {
  start_dispatcher();
  for (const char* listener : {"PLAINTEXT", "SECOND"}) {
    for (std::int16_t version : {0, 1, 2}) {
      TestClient client(port(listener));
      ASSERT_TRUE(client.send(request_frame(1, "", kApiVersionsKey, version)));
      std::optional<ApiVersionsResponse> response = receive_versions(client, version);
      ASSERT_TRUE(response.has_value()) << listener << " " << version;
      ASSERT_EQ(response->api_keys.size(), api_table().size());
      for (std::size_t i = 0; i < api_table().size(); ++i) {
        const protocol::Api& api = api_table()[i].api;
        EXPECT_EQ(response->api_keys[i].api_key, static_cast<std::int16_t>(api.key)) << api.name;
        EXPECT_EQ(response->api_keys[i].min_version, api.min) << api.name;
        EXPECT_EQ(response->api_keys[i].max_version, api.max) << api.name;
      }
    }
  }
}

// Version 0 with UNSUPPORTED_VERSION and the versions of ApiVersions alone, as the JVM broker
// answers to versions too high and too low; the client may then ask again.
TEST_F(DispatcherTest, TellsAClientOfAnUnknownVersionWhichOnesItMayAskFor) {
  start_dispatcher();
  for (std::int16_t version : {-1, 5, 99, 32767}) {
    TestClient client(port());
    std::string tags = version > 0 ? std::string(1, '\0') : "";
    ASSERT_TRUE(client.send(request_frame(1, tags + "never read", kApiVersionsKey, version)));
    std::optional<std::string> frame = client.receive_frame();
    ASSERT_TRUE(frame.has_value()) << version;
    EXPECT_EQ(*frame, big_endian32(1) + big_endian16(35) + big_endian32(1) +
                          big_endian16(kApiVersionsKey) + big_endian16(0) + big_endian16(4));
    ASSERT_TRUE(client.send(request_frame(1, "", kApiVersionsKey, 0)));
    EXPECT_TRUE(receive_versions(client, 0).has_value());
  }
}

TEST_F(DispatcherTest, RefusesSoftwareNamesThatNobodyMayHaveAndStaysOpen) {
  start_dispatcher();
  TestClient client(port());
  ASSERT_TRUE(client.send(request_frame(1, std::string("\0\x02-\x02x\0", 6), kApiVersionsKey, 3)));
  std::optional<ApiVersionsResponse> refused = receive_versions(client, 3);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error_code, protocol::ErrorCode::kInvalidRequest);
  EXPECT_TRUE(refused->api_keys.empty());
  ASSERT_TRUE(client.send(request_frame(1, std::string("\0\x02y\x02x\0", 6), kApiVersionsKey, 3)));
  std::optional<ApiVersionsResponse> served = receive_versions(client, 3);
  ASSERT_TRUE(served.has_value());
  EXPECT_EQ(served->error_code, protocol::ErrorCode::kNone);
}

struct Refusal {
  std::string frame;
  std::string cause;
};

class Refusals : public DispatcherTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, CloseTheConnectionWithOneLineThatNamesTheCause) {
  start_dispatcher();
  ClosingLines log;
  TestClient client(port());
  ASSERT_TRUE(client.send(GetParam().frame));
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_THAT(log.lines(),
              ElementsAre(EndsWith(" on PLAINTEXT closed: " + GetParam().cause + ".")));
}

INSTANTIATE_TEST_SUITE_P(
    Dispatcher, Refusals,
    ::testing::Values(
        Refusal{request_frame(1, big_endian32(2) + big_endian16(3) + "abc", 3, 1),
                "a request does not parse: Metadata version 1, field name at byte 9: the bytes end "
                "here"},
        Refusal{request_frame(1, big_endian32(-1), 3, 0),
                "a request does not parse: Metadata version 0, field topics at byte 4: null stands "
                "where this version allows none"},
        Refusal{request_frame(1, big_endian32(1'000'000), 3, 1),
                "a request does not parse: Metadata version 1, field topics at byte 4: an array "
                "counts more elements than bytes are left"},
        Refusal{request_frame(1, std::string("\0\1\0\0\1\5\4x", 8), 3, 12),
                "a request does not parse: Metadata version 12, field tagged fields at byte 6: "
                "a tagged field ends behind the message"},
        Refusal{frame_of(big_endian16(3) + big_endian16(1) + big_endian32(1) + big_endian16(500)),
                "a request header does not parse: Metadata version 1: RequestHeader version 1, "
                "field client_id at byte 10: a length is more than the bytes left"},
        Refusal{request_frame(1, "", 52), "a request header does not parse: No API has the key 52"},
        Refusal{request_frame(1, "", 999),
                "a request header does not parse: No API has the key 999"},
        Refusal{request_frame(1, "", 3, -1),
                "version -1 of Metadata is not served on this "
                "listener"},
        Refusal{request_frame(1, std::string(1, '\0'), 3, 99),
                "version 99 of Metadata is not served on this listener"}));

}  // namespace
}  // namespace odradek::api
