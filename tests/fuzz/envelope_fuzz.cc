// Sealed messages. The first byte says what the rest is: all of an envelope, which nobody has sealed; or fields of a
// header, or a payload, which the partner itself has sealed, since a seal keeps out strangers and not partners.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "certs/seal_verifier.h"
#include "certs/test_certificates.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/exchange/message.h"
#include "tests/sample_message.h"

namespace {

using tamga::certs::TestNow;

// The same for all inputs of a run.
struct Fixed {
  tamga::SystemRng rng;
  const tamga::certs::CurrentTrust trust{
      tamga::certs::TrustStore::Build({{"KGZ", tamga::certs::Kgz().RootPem()}}).value()};
  const tamga::certs::SealVerifier verifier{trust};
  const tamga::certs::Seal seal = tamga::certs::Kgz().IssueSeal();
  const tamga::exchange::OpenRules rules = tamga::testing::SampleRules(TestNow());
  const tamga::v1::SealedMessage good = tamga::exchange::SealMessage(tamga::testing::SampleHeader(TestNow(), rng),
                                                                     tamga::testing::kSampleBodyType, "body", seal, rng)
                                            .value();
};

bool Opens(const tamga::v1::SealedMessage& message, const Fixed& fixed) {
  const auto opened = tamga::exchange::OpenMessage(message, fixed.rules, fixed.verifier);
  if (!opened.ok()) return false;
  TAMGA_CHECK(opened->header.from() == fixed.rules.from && opened->header.to() == fixed.rules.to);
  TAMGA_CHECK(opened->header.kind() == fixed.rules.kind && opened->header.version() == 1);
  TAMGA_CHECK(opened->header.payload_withheld() == message.payload().empty());
  return true;
}

void Reseal(tamga::v1::SealedMessage& message, const Fixed& fixed) {
  *message.mutable_signatures(0) = fixed.seal.Sign(tamga::certs::kRequestType, message.header()).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Fixed fixed;
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  tamga::v1::SealedMessage message;
  switch (data[0] % 3) {
    case 0:
      if (message.ParseFromString(rest)) TAMGA_CHECK(!Opens(message, fixed));
      break;
    case 1:
      // Protobuf takes the last of each field, so these bytes change a good header.
      message = fixed.good;
      message.mutable_header()->append(rest);
      Reseal(message, fixed);
      TAMGA_CHECK(Opens(message, fixed) || !rest.empty());
      break;
    default: {
      message = fixed.good;
      tamga::v1::MessageHeader header;
      TAMGA_CHECK(header.ParseFromString(message.header()));
      header.set_payload_length(rest.size());
      header.set_payload_sha256(tamga::Sha256(rest));
      message.set_header(header.SerializeAsString());
      message.set_payload(rest);
      Reseal(message, fixed);
      // The salted commitment is to the good payload's body, so that one alone fits.
      tamga::v1::Payload payload;
      tamga::v1::Payload good;
      TAMGA_CHECK(good.ParseFromString(fixed.good.payload()));
      TAMGA_CHECK(!Opens(message, fixed) || (payload.ParseFromString(rest) && payload.body() == good.body()));
    }
  }
  return 0;
}
