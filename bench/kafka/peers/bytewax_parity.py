"""Reads JSON with a text, writes JSON with the parity of the text's length."""

import json
import os

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kafka
from bytewax.dataflow import Dataflow

BROKERS = [os.environ["BOOTSTRAP"]]


def label(message: KafkaSourceMessage) -> KafkaSinkMessage:
    document = json.loads(message.value)
    verdict = {"id": document["id"], "label": "odd" if len(document["text"]) % 2 else "even"}
    return KafkaSinkMessage(message.key, json.dumps(verdict).encode())


flow = Dataflow("parity")
documents = kafka.input("documents", flow, brokers=BROKERS, topics=[os.environ["INPUT"]], batch_size=1000)
verdicts = op.map("label", documents.oks, label)
kafka.output("verdicts", verdicts, brokers=BROKERS, topic=os.environ["OUTPUT"])
