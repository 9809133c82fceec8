#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/create_acls.h"
#include "protocol/messages/create_delegation_token.h"
#include "protocol/messages/delete_acls.h"
#include "protocol/messages/describe_acls.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/describe_delegation_token.h"
#include "protocol/messages/describe_user_scram_credentials.h"
#include "protocol/messages/expire_delegation_token.h"
#include "protocol/messages/renew_delegation_token.h"
#include "protocol/messages/sasl_authenticate.h"
#include "protocol/messages/sasl_handshake.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_security(MessageTypes& types) {
  add_api<SaslHandshakeRequest>(types);
  add_api<SaslAuthenticateRequest>(types);
  add_api<DescribeAclsRequest>(types);
  add_api<CreateAclsRequest>(types);
  add_api<DeleteAclsRequest>(types);
  add_api<CreateDelegationTokenRequest>(types);
  add_api<RenewDelegationTokenRequest>(types);
  add_api<ExpireDelegationTokenRequest>(types);
  add_api<DescribeDelegationTokenRequest>(types);
  add_api<DescribeClientQuotasRequest>(types);
  add_api<AlterClientQuotasRequest>(types);
  add_api<DescribeUserScramCredentialsRequest>(types);
  add_api<AlterUserScramCredentialsRequest>(types);
}

}  // namespace odradek::protocol::testing
