#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/assign_replicas_to_dirs.h"
#include "tests/wire/kraft/broker_heartbeat.h"
#include "tests/wire/kraft/broker_registration.h"
#include "tests/wire/kraft/controller_registration.h"
#include "tests/wire/kraft/describe_topic_partitions.h"
#include "tests/wire/kraft/get_telemetry_subscriptions.h"
#include "tests/wire/kraft/list_client_metrics_resources.h"
#include "tests/wire/kraft/push_telemetry.h"
#include "tests/wire/kraft/unregister_broker.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<BrokerRegistrationRequest>;
template struct Codec<BrokerRegistrationResponse>;
template struct Codec<BrokerHeartbeatRequest>;
template struct Codec<BrokerHeartbeatResponse>;
template struct Codec<UnregisterBrokerRequest>;
template struct Codec<UnregisterBrokerResponse>;
template struct Codec<ControllerRegistrationRequest>;
template struct Codec<ControllerRegistrationResponse>;
template struct Codec<AssignReplicasToDirsRequest>;
template struct Codec<AssignReplicasToDirsResponse>;
template struct Codec<DescribeTopicPartitionsRequest>;
template struct Codec<DescribeTopicPartitionsResponse>;
template struct Codec<GetTelemetrySubscriptionsRequest>;
template struct Codec<GetTelemetrySubscriptionsResponse>;
template struct Codec<PushTelemetryRequest>;
template struct Codec<PushTelemetryResponse>;
template struct Codec<ListClientMetricsResourcesRequest>;
template struct Codec<ListClientMetricsResourcesResponse>;

namespace testing {

void add_kraft_brokers(MessageTypes& types) {
  add_api<BrokerRegistrationRequest>(types);
  add_api<BrokerHeartbeatRequest>(types);
  add_api<UnregisterBrokerRequest>(types);
  add_api<ControllerRegistrationRequest>(types);
  add_api<AssignReplicasToDirsRequest>(types);
  add_api<DescribeTopicPartitionsRequest>(types);
  add_api<GetTelemetrySubscriptionsRequest>(types);
  add_api<PushTelemetryRequest>(types);
  add_api<ListClientMetricsResourcesRequest>(types);
}

}  // namespace testing
}  // namespace odradek::protocol
