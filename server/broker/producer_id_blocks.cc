#include "server/broker/producer_id_blocks.h"

#include <limits>

#include "base/deadline.h"
#include "base/thread.h"
#include "protocol/messages/allocate_producer_ids.h"

namespace odradek::broker {
namespace {

constexpr std::int64_t kPatienceMs = 2'000;  // clients are told to try again after this
constexpr std::int64_t kRetryMs = 50;

base::Result<zk::ProducerIdBlock> ask(const ControllerCall& controller, std::int64_t broker_epoch) {
  const protocol::AllocateProducerIdsRequest request{.broker_id = controller.broker_id,
                                                     .broker_epoch = broker_epoch};
  auto answer = controller.send(request, 0, kPatienceMs);
  if (!answer) return answer.error();
  const std::int64_t first = answer->producer_id_start;
  const std::int64_t length = answer->producer_id_len;
  if (first < 0 || length < 1 || first > std::numeric_limits<std::int64_t>::max() - length) {
    return base::Error("the controller gave " + std::to_string(length) + " producer ids from " +
                       std::to_string(first) + ", which cannot be");
  }
  return zk::ProducerIdBlock{controller.broker_id, first, first + length - 1};
}

}  // namespace

base::Result<zk::ProducerIdBlock> ask_for_producer_ids(
    const ControllerCall& controller, const std::atomic<std::int64_t>& broker_epoch) {
  const auto end = base::steady_after_ms(kPatienceMs);
  for (;;) {
    auto block = ask(controller, broker_epoch.load());
    if (block || base::steady_after_ms(kRetryMs) >= end) return block;
    base::pause_ms(kRetryMs);
  }
}

}  // namespace odradek::broker
