#include "server/log/cleaner/transaction_walk.h"

#include <algorithm>
#include <utility>

#include "protocol/record/control_record.h"
#include "protocol/record/record_iterator.h"

namespace odradek::log {

TransactionWalk::TransactionWalk(std::vector<AbortedTransaction> aborted)
    : aborted_(std::move(aborted)) {
  std::ranges::sort(aborted_, {}, &AbortedTransaction::first_offset);
}

void TransactionWalk::begin_up_to(protocol::Offset offset) {
  for (; begun_ < aborted_.size() && aborted_[begun_].first_offset <= offset; ++begun_) {
    const AbortedTransaction& transaction = aborted_[begun_];
    ongoing_aborted_.try_emplace(transaction.producer_id, Ongoing{transaction});
  }
}

bool TransactionWalk::is_aborted(const protocol::BatchView& batch) {
  if (!batch.is_transactional()) return false;
  begin_up_to(batch.last_offset());
  auto found = ongoing_aborted_.find(batch.producer_id());
  if (found == ongoing_aborted_.end()) {
    ongoing_committed_.insert(batch.producer_id());
    return false;
  }
  found->second.met = true;
  return true;
}

base::Result<TransactionWalk::Marker> TransactionWalk::marker(const protocol::BatchView& batch) {
  begin_up_to(batch.last_offset());
  // What an earlier cleaning emptied.
  if (batch.record_count() == 0) return Marker{.orphaned = true};
  protocol::RecordIterator records(batch);
  const protocol::Record* record = records.next();
  if (record == nullptr) return records.status().error();
  auto type = protocol::decode_control_type(*record);
  if (!type.ok()) return type.error();
  switch (*type) {
    case protocol::ControlRecordType::kAbort: {
      auto found = ongoing_aborted_.find(batch.producer_id());
      if (found == ongoing_aborted_.end()) return Marker{.orphaned = true};
      Ongoing ended = found->second;
      ongoing_aborted_.erase(found);
      if (!ended.met) return Marker{.orphaned = true};
      return Marker{.orphaned = false, .aborted = ended.transaction};
    }
    case protocol::ControlRecordType::kCommit:
      return Marker{.orphaned = ongoing_committed_.erase(batch.producer_id()) == 0};
    case protocol::ControlRecordType::kUnknown:
      break;
  }
  return Marker{};
}

}  // namespace odradek::log
