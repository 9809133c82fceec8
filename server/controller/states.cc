#include "server/controller/states.h"

#include <initializer_list>

namespace odradek::controller {
namespace {

// Sets of states as bits.
template <class State>
constexpr unsigned set_of(std::initializer_list<State> states) {
  unsigned bits = 0;
  for (State state : states) bits |= 1U << static_cast<unsigned>(state);
  return bits;
}

unsigned states_before(PartitionState to) {
  using enum PartitionState;
  switch (to) {
    case kNonExistent:
      return set_of({kOffline});
    case kNew:
      return set_of({kNonExistent});
    case kOnline:
      return set_of({kNew, kOnline, kOffline});
    case kOffline:
      return set_of({kNew, kOnline, kOffline});
  }
  return 0;
}

unsigned states_before(ReplicaState to) {
  using enum ReplicaState;
  switch (to) {
    case kNonExistent:
      return set_of({kDeletionSuccessful});
    case kNew:
      return set_of({kNonExistent});
    case kOnline:
      return set_of({kNew, kOnline, kOffline, kDeletionIneligible});
    case kOffline:
      return set_of({kNew, kOnline, kOffline, kDeletionIneligible});
    case kDeletionStarted:
      return set_of({kOffline});
    case kDeletionSuccessful:
      return set_of({kDeletionStarted});
    case kDeletionIneligible:
      return set_of({kOffline, kDeletionStarted});
  }
  return 0;
}

}  // namespace

std::string_view to_string(PartitionState state) {
  switch (state) {
    case PartitionState::kNonExistent:
      return "NonExistentPartition";
    case PartitionState::kNew:
      return "NewPartition";
    case PartitionState::kOnline:
      return "OnlinePartition";
    case PartitionState::kOffline:
      return "OfflinePartition";
  }
  return "?";
}

std::string_view to_string(ReplicaState state) {
  switch (state) {
    case ReplicaState::kNonExistent:
      return "NonExistentReplica";
    case ReplicaState::kNew:
      return "NewReplica";
    case ReplicaState::kOnline:
      return "OnlineReplica";
    case ReplicaState::kOffline:
      return "OfflineReplica";
    case ReplicaState::kDeletionStarted:
      return "ReplicaDeletionStarted";
    case ReplicaState::kDeletionSuccessful:
      return "ReplicaDeletionSuccessful";
    case ReplicaState::kDeletionIneligible:
      return "ReplicaDeletionIneligible";
  }
  return "?";
}

bool may_follow(PartitionState from, PartitionState to) {
  return (states_before(to) & set_of({from})) != 0;
}

bool may_follow(ReplicaState from, ReplicaState to) {
  return (states_before(to) & set_of({from})) != 0;
}

}  // namespace odradek::controller
