package io.github.sessionferry.testkit.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.OperationsGrpc.OperationsBlockingStub;
import com.google.longrunning.OperationsGrpc.OperationsFutureStub;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcFaultsTest {
    private final GrpcFaults faults = GrpcFaults.seeded(7);
    private final CountingOperations service = new CountingOperations();
    private final LoopbackServer server = LoopbackServer.start(0, 1024, List.of(service), List.of(faults));
    private final ManagedChannel channel = channelTo(server);

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void call_withoutRules_isServed() {
        assertThat(get("a").getName()).isEqualTo("a");
        assertThat(service.applied()).isEqualTo(1);
    }

    @Test
    void failBefore_isNotApplied() {
        faults.on("GetOperation").failBefore(Status.UNAVAILABLE.withDescription("down"));

        assertThatThrownBy(() -> get("a")).hasMessage("UNAVAILABLE: down");
        assertThat(service.applied()).isZero();
    }

    @Test
    void failAfter_isAppliedAndItsReplyLost() {
        faults.on("GetOperation").failAfter(Status.UNAVAILABLE);

        assertThatThrownBy(() -> get("a")).hasMessage("UNAVAILABLE");
        assertThat(service.applied()).isEqualTo(1);
    }

    @Test
    void failAfter_ofARefusedCall_keepsTheServersError() {
        faults.onAny().failAfter(Status.UNAVAILABLE);

        assertThatThrownBy(() -> get("refused")).hasMessage("INVALID_ARGUMENT");
    }

    @Test
    void failBefore_withDetails_carriesThemEachTime() {
        faults.onAny()
                .failBefore(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                        .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                        .addDetails(Any.pack(RetryInfo.getDefaultInstance()))
                        .build()));

        for (int call = 0; call < 2; call++) {
            assertThatThrownBy(() -> get("a"))
                    .extracting(StatusProto::fromThrowable)
                    .satisfies(status -> assertThat(status.getDetailsCount()).isEqualTo(1));
        }
    }

    @Test
    void hangBefore_isNeitherAppliedNorAnswered() {
        faults.onAny().hangBefore();

        assertThatThrownBy(() -> getWithin(Duration.ofMillis(100))).hasMessageStartingWith("DEADLINE_EXCEEDED");
        assertThat(service.applied()).isZero();
    }

    @Test
    void hangAfter_isAppliedButNotAnswered() {
        faults.onAny().hangAfter();

        assertThatThrownBy(() -> getWithin(Duration.ofSeconds(1))).hasMessageStartingWith("DEADLINE_EXCEEDED");
        assertThat(service.applied()).isEqualTo(1);
    }

    @Test
    void delayBefore_isAppliedAndAnsweredLate() {
        faults.onAny().delayBefore(Duration.ofMillis(150));
        long start = System.nanoTime();

        get("a");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        assertThat(service.applied()).isEqualTo(1);
    }

    @Test
    void delayBefore_beyondTheDeadline_isNotApplied() {
        faults.on("GetOperation").delayBefore(Duration.ofMillis(300));
        faults.on("WaitOperation").delayBefore(Duration.ofMillis(600));

        assertThatThrownBy(() -> getWithin(Duration.ofMillis(50))).hasMessageStartingWith("DEADLINE_EXCEEDED");

        OperationsGrpc.newBlockingStub(channel).waitOperation(WaitOperationRequest.getDefaultInstance());
        assertThat(service.applied()).isZero();
    }

    @Test
    void delayAfter_isAppliedAtOnceAndAnsweredLate() throws Exception {
        faults.onAny().delayAfter(Duration.ofMillis(500));

        Future<Operation> answer = OperationsGrpc.newFutureStub(channel).getOperation(request("a"));

        assertThat(service.applied.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(answer.isDone()).isFalse();
        assertThat(answer.get(10, TimeUnit.SECONDS).getName()).isEqualTo("a");
    }

    @Test
    void hang_ofManyCalls_keepsNoOtherFromBeingServed() {
        faults.on("WaitOperation").hangBefore();
        OperationsFutureStub stub = OperationsGrpc.newFutureStub(channel);

        List<Future<Operation>> hung = IntStream.range(0, 10_000)
                .<Future<Operation>>mapToObj(call -> stub.waitOperation(WaitOperationRequest.getDefaultInstance()))
                .toList();

        assertThat(get("a").getName()).isEqualTo("a");
        assertThat(hung).noneMatch(Future::isDone);
    }

    @Test
    void rule_withSkipAndTimes_firesInBetween() {
        faults.on("GetOperation").skip(1).times(2).failBefore(Status.ABORTED);

        assertThat(outcomes(5)).containsExactly("ok", "ABORTED", "ABORTED", "ok", "ok");
    }

    @Test
    void rule_ofAnotherMethod_doesNotFire() {
        faults.on("DeleteOperation").failBefore(Status.ABORTED);
        faults.on("some.other.Operations/GetOperation").failBefore(Status.ABORTED);

        assertThat(outcomes(1)).containsExactly("ok");
    }

    @Test
    void rules_thatBothMatch_fireInTheOrderAdded() {
        faults.on("google.longrunning.Operations/GetOperation").times(1).failBefore(Status.ABORTED);
        faults.onAny().failBefore(Status.INTERNAL);

        assertThat(outcomes(2)).containsExactly("ABORTED", "INTERNAL");
    }

    @Test
    void rule_withProbability_isTheSameForTheSameSeed() {
        faults.onAny().probability(0.3).failBefore(Status.ABORTED);
        GrpcFaults same = GrpcFaults.seeded(7);
        same.onAny().probability(0.3).failBefore(Status.ABORTED);

        List<String> first = outcomes(200);
        List<String> second;
        try (LoopbackServer other = LoopbackServer.start(0, 1024, List.of(new CountingOperations()), List.of(same))) {
            ManagedChannel otherChannel = channelTo(other);
            second = outcomes(OperationsGrpc.newBlockingStub(otherChannel), 200);
            otherChannel.shutdownNow();
        }

        assertThat(second).isEqualTo(first);
        assertThat(first.stream().filter("ABORTED"::equals).count()).isBetween(30L, 90L);
    }

    @Test
    void clear_endsTheRules() {
        faults.onAny().failBefore(Status.ABORTED);

        faults.clear();

        assertThat(outcomes(1)).containsExactly("ok");
    }

    @Test
    void calls_countWhatArrived() {
        faults.on("GetOperation").times(1).failBefore(Status.ABORTED);

        outcomes(3);

        assertThat(faults.calls("GetOperation")).isEqualTo(3);
        assertThat(faults.calls("google.longrunning.Operations/GetOperation")).isEqualTo(3);
        assertThat(faults.calls("Operation")).isZero();
        assertThat(faults.totalCalls()).isEqualTo(3);
        faults.resetCalls();
        assertThat(faults.totalCalls()).isZero();
    }

    @Test
    void rule_withBadNumbers_isRefused() {
        GrpcFaults.RuleBuilder rule = faults.onAny();

        assertThatIllegalArgumentException().isThrownBy(() -> rule.skip(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> rule.times(0));
        assertThatIllegalArgumentException().isThrownBy(() -> rule.probability(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> rule.failBefore(Status.OK));
        assertThatIllegalArgumentException().isThrownBy(() -> rule.delayAfter(Duration.ofMillis(-1)));
    }

    private List<String> outcomes(int calls) {
        return outcomes(OperationsGrpc.newBlockingStub(channel), calls);
    }

    private static List<String> outcomes(OperationsBlockingStub stub, int calls) {
        List<String> outcomes = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            try {
                stub.getOperation(request("a"));
                outcomes.add("ok");
            } catch (StatusRuntimeException e) {
                outcomes.add(e.getStatus().getCode().name());
            }
        }
        return outcomes;
    }

    private Operation get(String name) {
        return OperationsGrpc.newBlockingStub(channel).getOperation(request(name));
    }

    private Operation getWithin(Duration deadline) {
        return OperationsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .getOperation(request("a"));
    }

    private static GetOperationRequest request(String name) {
        return GetOperationRequest.newBuilder().setName(name).build();
    }

    private static ManagedChannel channelTo(LoopbackServer server) {
        return Grpc.newChannelBuilder(server.endpoint(), InsecureChannelCredentials.create())
                .build();
    }

    private static final class CountingOperations extends OperationsGrpc.OperationsImplBase {
        private final Semaphore applied = new Semaphore(0);

        int applied() {
            return applied.availablePermits();
        }

        @Override
        public void getOperation(GetOperationRequest request, StreamObserver<Operation> caller) {
            if (request.getName().equals("refused")) {
                caller.onError(Status.INVALID_ARGUMENT.asRuntimeException());
                return;
            }
            applied.release();
            caller.onNext(Operation.newBuilder().setName(request.getName()).build());
            caller.onCompleted();
        }

        @Override
        public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> caller) {
            caller.onNext(Operation.getDefaultInstance());
            caller.onCompleted();
        }
    }
}
