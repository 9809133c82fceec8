#include "server/controller/events.h"

#include <utility>

namespace odradek::controller {
namespace {

const base::Error& not_controller() {
  static const base::Error error(ErrorCode::kNotController,
                                 "This is not the correct controller for this cluster.");
  return error;
}

struct Refusal {
  void operator()(ControlledShutdownAsked& asked) const { asked.reply(not_controller()); }
  void operator()(ProducerIdsAsked& asked) const { asked.reply(not_controller()); }
  void operator()(FeaturesAsked& asked) const { asked.reply(not_controller()); }
  void operator()(AlterPartitionAsked& asked) const {
    asked.reply({.error = ErrorCode::kNotController, .partitions = {}});
  }
  void operator()(ElectLeadersAsked& asked) const {
    asked.reply({.error = ErrorCode::kNotController, .partitions = {}});
  }
  void operator()(ReassignmentAsked& asked) const {
    asked.reply({.error = ErrorCode::kNotController, .partitions = {}});
  }
  void operator()(ListReassignmentsAsked& asked) const {
    asked.reply({.error = ErrorCode::kNotController, .partitions = {}});
  }
  void operator()(Expire& expire) const { expire.started(); }
  void operator()(auto&) const {}
};

}  // namespace

void refuse(Event& event) { std::visit(Refusal{}, event); }

}  // namespace odradek::controller
