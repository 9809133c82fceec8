// Replicas: what the brokers of a Cluster do with their replicas, as leaders and as followers.
#pragma once

#include "tests/model/cluster.h"
#include "tests/model/decisions.h"

namespace odradek::model {

// What becomes of a fetch.
struct FetchOutcome {
  bool is_taken = false;  // the answer; else it is lost
  bool stays = false;     // it is still under way instead
  bool proposes = false;  // the leader sees the follower alive, and asks for it to be in sync
};

// What returns false has changed nothing.
class Replicas {
 public:
  Replicas(const Setting& setting, Decisions& decisions, Breach& breach)
      : setting_(setting), decisions_(decisions), breach_(breach) {}

  void lead(Cluster& cluster, int id, const State& state);
  void follow(Cluster& cluster, int id, const State& state);

  bool append(Cluster& cluster, int id);
  // A fetch of `id` comes to its leader now.
  bool fetch(Cluster& cluster, int id, const FetchOutcome& outcome);
  bool serve_late(Cluster& cluster, int id, int which, bool proposes);
  bool take_fetch(Cluster& cluster, int id);
  bool shrink(Cluster& cluster, int id, int follower);
  // The controller's answer to what it proposed.
  void settle(Cluster& cluster, int id, const Proposal& answered);
  bool obey(Cluster& cluster, int which);

  // It changes: what it has under way stays behind.
  void leave_behind(Cluster& cluster, int id);
  static void clear_role(Broker& broker);

 private:
  bool is_served(const Cluster& cluster, int id, const LateFetch& asked) const;
  bool diverges(const Broker& leader, const LateFetch& asked);
  bool note_follower(Cluster& cluster, int id, const LateFetch& asked, bool proposes);
  FetchAnswer answer_to(const Broker& leader, const LateFetch& asked, bool asks_epoch);
  LateFetch present_fetch(const Broker& broker);
  void take(Cluster& cluster, int id, const FetchAnswer& answer);
  void propose(Broker& broker, int id, Small isr);
  void advance(Cluster& cluster, int id);
  void cut(Cluster& cluster, int id, Small offset);

  const Setting& setting_;
  Decisions& decisions_;
  Breach& breach_;
};

}  // namespace odradek::model
