#include "node/signer/protocol.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::signer {
namespace {

constexpr absl::string_view kNothing("\0", 1);

TEST(SignerProtocolTest, ARequestComesBackAsItWas) {
  const std::string payload("a\0b", 3);
  const std::string longest(kMaxPayloadBytes, 'p');
  for (const Request& request :
       {Request{Wanted::kSignature, "text", payload}, Request{Wanted::kSignature, "t", ""},
        Request{Wanted::kCertificateRequest, "t", "spiffe://kaz.tamga/border-service/seal/main"},
        Request{Wanted::kSignature, std::string(kMaxTypeBytes, 't'), longest}, Request{Wanted::kKeyId, "", ""}}) {
    ASSERT_OK_AND_ASSIGN(const Request read, ReadRequest(WriteRequest(request)));
    EXPECT_EQ(read.wanted, request.wanted);
    EXPECT_EQ(read.type, request.type);
    EXPECT_EQ(read.payload, request.payload);
  }
}

TEST(SignerProtocolTest, WhatIsNoRequestIsRefused) {
  const std::string good = WriteRequest({Wanted::kSignature, "text", "payload"});
  ASSERT_OK(ReadRequest(good));
  for (size_t size = 0; size < 7; ++size) {  // ends within its head or type
    EXPECT_THAT(ReadRequest(good.substr(0, size)), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
  const std::string another_version = "\x02" + good.substr(1);
  const std::string unknown_wish = absl::StrCat("\x01\x04", good.substr(2));
  const std::string no_type = absl::StrCat("\x01\x02", kNothing, "payload");
  const std::string key_id_of_a_type = absl::StrCat("\x01\x01", good.substr(2));
  const std::string large_payload = WriteRequest({Wanted::kSignature, "t", std::string(kMaxPayloadBytes + 1, 'x')});
  const std::string large = WriteRequest({Wanted::kSignature, "t", std::string(kMaxRequestBytes, 'x')});
  for (const std::string& bad :
       {another_version, unknown_wish, no_type, key_id_of_a_type, large_payload, large, std::string("hello")}) {
    EXPECT_THAT(ReadRequest(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad.substr(0, 16);
  }
}

TEST(SignerProtocolTest, AnAnswerComesBackAsItWas) {
  for (const Verdict verdict :
       {Verdict::kDone, Verdict::kMalformed, Verdict::kTypeRefused, Verdict::kTooMany, Verdict::kUnavailable}) {
    ASSERT_OK_AND_ASSIGN(const Answer read, ReadAnswer(WriteAnswer({verdict, "value"})));
    EXPECT_EQ(read.verdict, verdict);
    EXPECT_EQ(read.value, "value");
  }
}

TEST(SignerProtocolTest, WhatIsNoAnswerIsRefused) {
  for (const std::string& bad : {std::string(), std::string("\x01"), absl::StrCat("\x02", kNothing),
                                 std::string("\x01\x05"), WriteAnswer({Verdict::kDone, std::string(1023, 'x')})}) {
    EXPECT_THAT(ReadAnswer(bad), StatusIs(absl::StatusCode::kDataLoss)) << bad.size();
  }
}

}  // namespace
}  // namespace tamga::signer
