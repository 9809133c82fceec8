#include "server/purgatory/delayed_operation.h"

#include <utility>

#include "base/log.h"

namespace odradek::purgatory {

DelayedOperation::~DelayedOperation() {
  std::unique_ptr<Watches> watches(watches_.exchange(nullptr));
  if (watches != nullptr) watches->leave_all();
}

bool DelayedOperation::force_complete() {
  if (completed_.exchange(true)) return false;
  // Somebody who watches at this very moment sees `completed_` or is seen here: both are
  // sequentially consistent, so one of the two undoes the watching.
  if (Timer* timer = timer_.load()) timer->cancel(*this);
  if (Watches* watches = watches_.load()) watches->leave_all();
  on_complete();
  return true;
}

bool DelayedOperation::try_complete_once_more() {
  Trying found = trying_.load();
  do {
    if (is_completed()) return false;
    if (found != Trying::kNobody) {
      if (trying_.compare_exchange_weak(found, Trying::kAgain)) return false;
      continue;
    }
    if (trying_.compare_exchange_weak(found, Trying::kOne)) break;
  } while (true);

  while (true) {
    if (try_complete()) {
      trying_.store(Trying::kNobody);
      return true;
    }
    Trying mine = Trying::kOne;
    if (trying_.compare_exchange_strong(mine, Trying::kNobody)) return false;
    trying_.store(Trying::kOne);
    if (is_completed()) {
      trying_.store(Trying::kNobody);
      return false;
    }
  }
}

void DelayedOperation::run() {
  if (force_complete()) on_expiration();
}

void DelayedOperation::watch_with(std::unique_ptr<Watches> watches, Timer& timer) {
  CHECK(watches_.load() == nullptr) << "A delayed operation is watched twice.";
  timer_.store(&timer);
  watches_.store(watches.release());
}

}  // namespace odradek::purgatory
