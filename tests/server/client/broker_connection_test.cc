#include "server/client/broker_connection.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <csignal>

#include <memory>

#include "protocol/errors.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/header.h"
#include "protocol/messages/metadata.h"
#include "server/client/cluster_client.h"
#include "server/client/connection_factory.h"
#include "tests/server/client/fake_server.h"

namespace odradek::client {
namespace {

using protocol::ErrorCode;
using testing::FakeServer;

// Answers ApiVersions (Metadata 0..9) and Metadata; refuses everything else by closing.
struct MetadataServer {
  std::int32_t own_port = 0;
  std::int32_t correlation_offset = 0;
  std::atomic<std::int32_t> controller{1};
  std::atomic<int> asked{0};

  std::optional<base::Bytes> operator()(base::MutableBytes frame) {
    base::Result<protocol::DecodedHeader> decoded = protocol::decode_request_header(frame);
    if (!decoded.ok()) return std::nullopt;
    const protocol::RequestHeader& header = decoded->header;
    const std::int32_t correlation = header.correlation_id + correlation_offset;
    if (header.api_key == static_cast<std::int16_t>(protocol::ApiKey::kApiVersions)) {
      protocol::ApiVersionsResponse response;
      response.api_keys.push_back({.api_key = 3, .min_version = 0, .max_version = 9});
      return protocol::encode_response(response, header.api_version, correlation).flatten();
    }
    if (header.api_key != static_cast<std::int16_t>(protocol::ApiKey::kMetadata))
      return std::nullopt;
    ++asked;
    protocol::MetadataResponse response;
    response.brokers.push_back({.node_id = 1, .host = "127.0.0.1", .port = own_port, .rack = {}});
    response.cluster_id = "abc";
    response.controller_id = controller;
    return protocol::encode_response(response, header.api_version, correlation).flatten();
  }
};

struct Fixture {
  MetadataServer metadata;
  FakeServer server{[this](base::MutableBytes frame) { return metadata(frame); }};
  Fixture() { metadata.own_port = server.port(); }
  ConnectionOptions options() const {
    return {.host = "127.0.0.1", .port = server.port(), .client_id = "test"};
  }
};

protocol::MetadataRequest ask_all() {
  protocol::MetadataRequest request;
  request.topics = std::nullopt;
  return request;
}

TEST(BrokerConnection, NegotiatesAndAsks) {
  Fixture fixture;
  auto connection = BrokerConnection::connect(fixture.options(), deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok()) << connection.error().message;
  ASSERT_TRUE((*connection)->negotiate(deadline_in_ms(10'000)).ok());
  auto version = (*connection)->version_for(protocol::MetadataRequest::kApi, 1, 12);
  ASSERT_TRUE(version.ok());
  EXPECT_EQ(*version, 9);
  auto answer = (*connection)
                    ->send_and_receive<protocol::MetadataRequest, protocol::MetadataResponse>(
                        ask_all(), *version, deadline_in_ms(10'000));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->cluster_id, "abc");
  EXPECT_EQ(answer->brokers.front().port, fixture.server.port());
  EXPECT_FALSE((*connection)->version_for(protocol::MetadataRequest::kApi, 10, 12).ok());
}

TEST(BrokerConnection, RefusesAnAnswerToAnotherQuestion) {
  Fixture fixture;
  fixture.metadata.correlation_offset = 1;
  auto connection = BrokerConnection::connect(fixture.options(), deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok());
  EXPECT_FALSE((*connection)->negotiate(deadline_in_ms(10'000)).ok());
}

TEST(BrokerConnection, RefusesAnAnswerLargerThanItsBound) {
  FakeServer server([](base::MutableBytes) { return base::to_bytes("HTTP/1.1 400 Bad Request"); });
  auto connection = BrokerConnection::connect(
      {.host = "127.0.0.1", .port = server.port(), .client_id = "test"}, deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok());
  base::Status asked = (*connection)->negotiate(deadline_in_ms(10'000));
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(protocol::code_of(asked.error()), ErrorCode::kCorruptMessage);
}

TEST(BrokerConnection, EndsByTheDeadlineWhenNobodyAnswers) {
  base::Mutex mutex;
  base::CondVar never;
  bool over = false;
  FakeServer server([&](base::MutableBytes) -> std::optional<base::Bytes> {
    base::MutexLock lock(mutex);
    while (!over) never.wait(mutex);
    return std::nullopt;
  });
  auto connection = BrokerConnection::connect(
      {.host = "127.0.0.1", .port = server.port(), .client_id = "test"}, deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok());
  base::Status asked = (*connection)->negotiate(deadline_in_ms(50));
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(protocol::code_of(asked.error()), ErrorCode::kRequestTimedOut);
  base::MutexLock lock(mutex);
  over = true;
  never.notify_all();
}

TEST(BrokerConnection, SaysWhoRefusedTheConnection) {
  std::int32_t port;
  {
    FakeServer gone([](base::MutableBytes) { return std::nullopt; });
    port = gone.port();
  }
  auto connection = BrokerConnection::connect(
      {.host = "127.0.0.1", .port = port, .client_id = "test"}, deadline_in_ms(10'000));
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.error().message.find("127.0.0.1:" + std::to_string(port)),
            std::string::npos);
  EXPECT_NE(connection.error().message.find("refused"), std::string::npos);
}

TEST(BrokerConnection, CloseFromAnotherThreadEndsACall) {
  base::Mutex mutex;
  base::CondVar changed;
  bool asked = false;
  bool over = false;
  FakeServer server([&](base::MutableBytes) -> std::optional<base::Bytes> {
    base::MutexLock lock(mutex);
    asked = true;
    changed.notify_all();
    while (!over) changed.wait(mutex);
    return std::nullopt;
  });
  auto connection = BrokerConnection::connect(
      {.host = "127.0.0.1", .port = server.port(), .client_id = "test"}, deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok());
  base::Thread closer("closer", [&] {
    base::MutexLock lock(mutex);
    while (!asked) changed.wait(mutex);
    (*connection)->close();
  });
  base::Status status = (*connection)->negotiate(deadline_in_ms(60'000));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(protocol::code_of(status.error()), ErrorCode::kNetworkException);
  closer.join();
  base::MutexLock lock(mutex);
  over = true;
  changed.notify_all();
}

TEST(BrokerConnection, AuthenticatesBeforeAnythingElse) {
  Fixture fixture;
  ConnectionOptions options = fixture.options();
  options.authenticate = [](BrokerConnection&, Deadline) -> base::Status {
    return base::Error(ErrorCode::kSaslAuthenticationFailed, "wrong password");
  };
  auto connection = BrokerConnection::connect(options, deadline_in_ms(10'000));
  ASSERT_FALSE(connection.ok());
  EXPECT_EQ(connection.error().message, "wrong password");
}

struct Certificate {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* certificate = X509_new();

  explicit Certificate(const std::string& alternative_name) {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("broker"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Certificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

struct TlsFixture {
  Certificate certificate;
  ContextPtr server_context{SSL_CTX_new(TLS_server_method())};
  ContextPtr client_context{SSL_CTX_new(TLS_client_method())};
  MetadataServer metadata;
  std::unique_ptr<FakeServer> server;

  explicit TlsFixture(const std::string& name) : certificate(name) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX_use_certificate(server_context.get(), certificate.certificate);
    SSL_CTX_use_PrivateKey(server_context.get(), certificate.key);
    SSL_CTX_set_verify(client_context.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client_context.get()), certificate.certificate);
    server = std::make_unique<FakeServer>(
        [this](base::MutableBytes frame) { return metadata(frame); }, server_context.get());
  }
  ConnectionOptions options() const {
    return {.host = "127.0.0.1",
            .port = server->port(),
            .client_id = "test",
            .tls_context = client_context.get()};
  }
};

TEST(BrokerConnection, SpeaksTls) {
  TlsFixture fixture("IP:127.0.0.1");
  auto connection = BrokerConnection::connect(fixture.options(), deadline_in_ms(10'000));
  ASSERT_TRUE(connection.ok()) << connection.error().message;
  EXPECT_TRUE((*connection)->negotiate(deadline_in_ms(10'000)).ok());
}

TEST(BrokerConnection, RefusesATlsBrokerOfAnotherName) {
  TlsFixture fixture("DNS:somebody-else");
  auto connection = BrokerConnection::connect(fixture.options(), deadline_in_ms(10'000));
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.error().message.find("certificate"), std::string::npos)
      << connection.error().message;
  ConnectionOptions lenient = fixture.options();
  lenient.verify_host_name = false;
  EXPECT_TRUE(BrokerConnection::connect(lenient, deadline_in_ms(10'000)).ok());
}

TEST(BrokerConnection, SaysThatAPlainListenerIsNotTls) {
  TlsFixture tls("IP:127.0.0.1");
  FakeServer plain([](base::MutableBytes) { return std::nullopt; });
  ConnectionOptions options = tls.options();
  options.port = plain.port();
  // The hello's first four bytes are a length of 370 million to a plain listener, which hangs up.
  auto connection = BrokerConnection::connect(options, deadline_in_ms(10'000));
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.error().message.find("TLS handshake"), std::string::npos);
}

TEST(ClusterClient, FindsTheControllerThroughAnyBroker) {
  Fixture fixture;
  UniformConnections connections{ConnectionOptions{}};
  ClusterClient cluster({.bootstrap = {{.host = "127.0.0.1", .port = fixture.server.port()}}},
                        connections);
  auto view = cluster.refresh();
  ASSERT_TRUE(view.ok()) << view.error().message;
  EXPECT_EQ(view->controller, 1);
  auto controller = cluster.to_controller();
  ASSERT_TRUE(controller.ok()) << controller.error().message;
  EXPECT_EQ((*controller)->peer(), "127.0.0.1:" + std::to_string(fixture.server.port()));
}

TEST(ClusterClient, AsksAgainUntilTheAnswerIsNotRetriable) {
  Fixture fixture;
  UniformConnections connections{ConnectionOptions{}};
  ClusterClient cluster(
      {.bootstrap = {{.host = "127.0.0.1", .port = fixture.server.port()}}, .retry_backoff_ms = 1},
      connections);
  int tries = 0;
  auto answer = cluster.call_controller<protocol::MetadataRequest, protocol::MetadataResponse>(
      ask_all(), [&](const protocol::MetadataResponse&) {
        return ++tries < 4 ? ErrorCode::kNotController : ErrorCode::kNone;
      });
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_GE(tries, 4);
  EXPECT_GE(fixture.metadata.asked.load(), 5) << "the controller is looked up again each time";
}

TEST(ClusterClient, ReadsBootstrapServers) {
  auto servers = parse_bootstrap_servers("a:9092, [::1]:9093,,b.example:1");
  ASSERT_TRUE(servers.ok());
  ASSERT_EQ(servers->size(), 3u);
  EXPECT_EQ((*servers)[1].host, "::1");
  EXPECT_EQ((*servers)[2].port, 1);
  EXPECT_FALSE(parse_bootstrap_servers("").ok());
  EXPECT_FALSE(parse_bootstrap_servers("a").ok());
  EXPECT_FALSE(parse_bootstrap_servers("a:0").ok());
  EXPECT_FALSE(parse_bootstrap_servers(":9092").ok());
}

}  // namespace
}  // namespace odradek::client
